// Rows that belong to no organisation: the installation itself, and which organisation a public id belongs to.
import { named, type Connection } from '../platform/database/connection.ts';

type Tools = Pick<Connection, 'pool'>;

export type Installation = {
  /** Leads every marker left at a provider. */
  readonly marker: string;
  readonly tokenKey: Buffer;
  /** The practice an anonymous call without a public id means; null before there is one. */
  readonly organisationId: number | null;
};

/** Public ids one process remembers; an entry never changes, so the oldest may go at any time. */
const MAX_KNOWN_IDS = 10_000;

type InstallationRow = { marker: string; token_key: Buffer; organisation_id: number | null };

/** Null where the database was migrated and never started. */
export async function findInstallation({ pool }: Tools): Promise<Installation | null> {
  const [row] = await named<InstallationRow>(pool, {
    name: 'installation-find',
    text: 'select marker, token_key, organisation_id from installation',
  });
  return row ? { marker: row.marker, tokenKey: row.token_key, organisationId: row.organisation_id } : null;
}

/** The installation of a practice that was founded. */
export async function readInstallation(tools: Tools): Promise<Installation> {
  const found = await findInstallation(tools);
  if (!found) throw new Error('Nothing was founded in this database yet');
  return found;
}

export type Directory = {
  /** The organisation of a practitioner or session type; null for an id that is none's. */
  findOrganisation(publicId: number): Promise<number | null>;
};

/** Remembers what it found. What it did not find it asks again: it may be made at any moment. */
export function createDirectory({ pool }: Tools): Directory {
  const known = new Map<number, number>();
  return {
    async findOrganisation(publicId) {
      const cached = known.get(publicId);
      if (cached !== undefined) return cached;
      const [row] = await named<{ organisation_id: number }>(pool, {
        name: 'directory-find',
        text: 'select organisation_id from directory where public_id = $1',
        values: [publicId],
      });
      if (!row) return null;
      if (known.size >= MAX_KNOWN_IDS) known.delete(known.keys().next().value ?? publicId);
      known.set(publicId, row.organisation_id);
      return row.organisation_id;
    },
  };
}
