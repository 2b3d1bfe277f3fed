// What a changing call brings besides its fields: its claim on an idempotency key, the answer it will get, and the version
// it was made for. Tells acts whether there is anything left to do, and versions of one thing apart.
import { Type } from 'typebox';
import type { Once } from '../platform/http/idempotency.ts';
import { IdempotencyHeaders } from '../platform/http/openapi.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';

export type Call = {
  readonly once: Once;
  /** What its route answers when all goes well, for the key to remember. */
  readonly status: number;
};

export type VersionedCall = Call & {
  /** The versions the caller has seen; null where it does not care. */
  readonly expected: readonly number[] | null;
};

/** For changes: an idempotency key, and the version that was seen. */
export const ChangeHeaders = Type.Object({
  ...IdempotencyHeaders.properties,
  'if-match': Type.Optional(
    Type.String({ maxLength: 200, description: 'The ETag read before; 412 if it is another by now.' }),
  ),
});

/** The subject of the first call under the key: of an earlier one, and then nothing is done, or of this one. */
export async function doOnce(tx: Transaction, call: Call, act: () => Promise<number>): Promise<number> {
  const earlier = await call.once.claim(tx);
  if (earlier !== null && earlier.subjectId !== null) return earlier.subjectId;
  const subjectId = await act();
  await call.once.settle(tx, call.status, subjectId);
  return subjectId;
}

/** Refusal `version_mismatch` where the caller has seen another version. */
export function checkVersion({ expected }: Pick<VersionedCall, 'expected'>, version: number): void {
  if (expected === null || expected.includes(version)) return;
  throw new Refusal('version_mismatch', 'It has changed since you read it. Read it again, then make your change.', {
    errors: [{ pointer: 'header/if-match', message: 'is not the current version' }],
    extra: { version },
  });
}

/** A version as a strong entity tag (RFC 9110, 8.8.3). */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** What If-Match asks for (RFC 9110, 13.1.1): tags that are none of ours match nothing, weak ones neither. */
export function expectedVersions(header: string | undefined): readonly number[] | null {
  if (header === undefined || header.trim() === '*') return null;
  return header.split(',').flatMap((tag) => {
    const version = /^\s*"(\d{1,16})"\s*$/.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}
