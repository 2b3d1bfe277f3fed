// Which organisation a public id belongs to, for callers whose token does not say: the rows of no organisation.
import { named, type Connection } from '../platform/database/connection.ts';

type Tools = Pick<Connection, 'pool'>;

/** Public ids one process remembers; an entry never changes, so the oldest may go at any time. */
const MAX_KNOWN_IDS = 10_000;

export type Directory = {
  /** The organisation of a practitioner or session type; null for an id that is none's. A promise only where the database had to be asked. */
  findOrganisation(publicId: number): number | Promise<number | null>;
};

/** Remembers what it found. What it did not find it asks again: it may be made at any moment. */
export function createDirectory({ pool }: Tools): Directory {
  const known = new Map<number, number>();
  async function look(publicId: number): Promise<number | null> {
    const [row] = await named<{ organisation_id: number }>(pool, {
      name: 'directory-find',
      text: 'select organisation_id from directory where public_id = $1',
      values: [publicId],
    });
    if (!row) return null;
    if (known.size >= MAX_KNOWN_IDS) known.delete(known.keys().next().value ?? publicId);
    known.set(publicId, row.organisation_id);
    return row.organisation_id;
  }
  return { findOrganisation: (publicId) => known.get(publicId) ?? look(publicId) };
}
