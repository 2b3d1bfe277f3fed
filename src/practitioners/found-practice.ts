// Founds the practice of an installation at its first start: one organisation, the marker that leads everything we leave at
// a provider, and the key that signs our tokens. Any number of processes may start at once; one founds, all get the same.
import { randomBytes } from 'node:crypto';
import { record } from '../journal/record.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import { randomName } from '../platform/ids.ts';
import type { Clock } from '../platform/time/clock.ts';
import { lockPractice, type Practice } from './store-practice.ts';

/** Some 79 bits: no two installations on one provider account ever meet. */
const MARKER_LENGTH = 16;
/** RFC 7518, 3.2: a key for HMAC SHA-256 has at least 256 bits. */
const TOKEN_KEY_BYTES = 32;

/** Nobody has signed in yet when a practice begins. */
export const THE_INSTALLATION = { role: 'system', ref: 'installation' } as const;

export type FoundedPractice = Practice & {
  /** True for the one call that founded it. */
  readonly founded: boolean;
};

/** The practice of this installation, founded under that name where there is none. */
export async function foundPractice(
  tools: { readonly transactor: Pick<Transactor, 'unscoped'>; readonly clock: Clock },
  input: { readonly name: string },
): Promise<FoundedPractice> {
  const first = { name: input.name, marker: randomName(MARKER_LENGTH), tokenKey: randomBytes(TOKEN_KEY_BYTES) };
  return await tools.transactor.unscoped(async (tx) => {
    const practice = await lockPractice(tx, first);
    if (practice.founded) {
      const { organisationId } = practice;
      await record(
        { organisationId, query: (statement) => tx.query(statement) },
        {
          at: tools.clock.now(),
          event: 'practice.founded',
          actor: THE_INSTALLATION,
          subject: { kind: 'organisation', id: organisationId },
          revision: 1,
        },
      );
    }
    return practice;
  });
}
