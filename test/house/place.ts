// Where a file stands: its room, its floor, its part in the room. What may stand where is told in plan.ts.
import { FLOORS, ROLES, type Exceptions } from './plan.ts';
import type { Source } from './source.ts';

/** Sources in, breaches out; each breach says where, and what to do instead. */
export type Law = (files: readonly Source[]) => readonly string[];

/** `src/appointments/store.ts` is in appointments; `src/config-table.ts` is a piece of config. */
export function roomOf(path: string): string {
  const [, first = '', rest] = path.split('/');
  return rest === undefined ? first.replace(/\.ts$/, '').replace(/-.*$/, '') : first;
}

export function stemOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '');
}

/** `store-slots` is a store. */
export function roleOf(path: string): string | undefined {
  const stem = stemOf(path);
  return ROLES.find((role) => stem === role || stem.startsWith(`${role}-`));
}

export function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

export function excepted(path: string, exceptions: Exceptions): boolean {
  return Object.keys(exceptions).some((key) => (key.endsWith('.ts') ? path === key : path.startsWith(key)));
}

export function isProvider(path: string): boolean {
  return path.includes('/providers/');
}
