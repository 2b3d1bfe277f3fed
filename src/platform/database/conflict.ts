// Reads what a violated constraint says about itself. Which refusal it means is told by a table beside each store:
// the constraint's name is the contract.
import pg from 'pg';
import type { Refusal } from '../refusal.ts';

/** SQLSTATE class 23 (PostgreSQL manual, appendix A). A missing NOT NULL is not here: it is always a bug. */
const KINDS = {
  '23505': 'unique',
  '23P01': 'exclusion',
  '23503': 'foreign_key',
  '23514': 'check',
} as const;

export type ConflictKind = (typeof KINDS)[keyof typeof KINDS];

export type Conflict = { readonly constraint: string; readonly kind: ConflictKind };

/** Constraint name -> the refusal it means. */
export type ConstraintTable = Readonly<Record<string, (conflict: Conflict) => Refusal>>;

/** The constraint an error tells of, or null for any other error. */
export function conflictOf(error: unknown): Conflict | null {
  if (!(error instanceof pg.DatabaseError) || error.constraint === undefined) return null;
  const kind = KINDS[error.code as keyof typeof KINDS];
  return kind === undefined ? null : { constraint: error.constraint, kind };
}

/** The refusal a table has for this error, or the error itself: `throw refusalFor(error, TABLE)`. */
export function refusalFor(error: unknown, table: ConstraintTable): unknown {
  const conflict = conflictOf(error);
  if (!conflict || !Object.hasOwn(table, conflict.constraint)) return error;
  return table[conflict.constraint]?.(conflict) ?? error;
}

/** Somebody else holds a lock that was not to be waited for: `for update nowait` (55P03). */
export function isLockedByOthers(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '55P03';
}
