// Seals small secrets for the database by envelope encryption: each under a data key of its own, which the first key of the
// ring wraps (JWE with A256GCMKW and A256GCM, RFC 7516 and 7518). What is sealed is bound to what it belongs to.
import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';

export type SealingKey = { readonly id: string; readonly key: Uint8Array };
export type Sealed = { readonly text: string; readonly keyId: string };

export type Sealing = {
  /** The key that seals from now on. */
  readonly currentId: string;
  /** `about` names what the secret belongs to; it opens for nothing else. */
  seal(plain: string, about: string): Promise<Sealed>;
  /** Throws KeyMissing; anything else is a text that was tampered with, is another's, or whose key has changed under its id. */
  open(text: string, about: string): Promise<string>;
};

/** What sealing anew came to. The maps count texts by the id of the key. */
export type Rotated = {
  readonly resealed: number;
  /** They could not be opened, and nobody can until their key is back. */
  readonly unreadable: ReadonlyMap<string, number>;
  /** What each key seals now. */
  readonly left: ReadonlyMap<string, number>;
};

/** The key it was sealed with is not in the ring: the operator took it away too early, or it is another installation's. */
export class KeyMissing extends Error {
  override readonly name = 'KeyMissing';
  readonly keyId: string;
  constructor(keyId: string) {
    super(`The key "${keyId}" that sealed it is not known here`);
    this.keyId = keyId;
  }
}

/** In the protected header, and so authenticated (RFC 7516, 5.1, step 14). */
const ABOUT = 'slk';
const KEY_BYTES = 32;
/** No key is called that. */
const NO_KEY = '?';

/** A ring of at least one key: the first seals, all of them open. */
export function createSealing(keys: readonly SealingKey[]): Sealing {
  const [current] = keys;
  if (!current) throw new RangeError('Sealing needs a key');
  const ring = new Map(keys.map(({ id, key }) => [id, key]));
  return {
    currentId: current.id,
    seal: async (plain, about) => {
      const text = await new CompactEncrypt(Buffer.from(plain))
        .setProtectedHeader({ alg: 'A256GCMKW', enc: 'A256GCM', kid: current.id, [ABOUT]: about })
        .encrypt(current.key);
      return { text, keyId: current.id };
    },
    open: async (text, about) => {
      const keyId = keyIdOf(text);
      const key = ring.get(keyId);
      if (!key) throw new KeyMissing(keyId);
      const { plaintext, protectedHeader } = await compactDecrypt(text, key, {
        keyManagementAlgorithms: ['A256GCMKW'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      if (protectedHeader[ABOUT] !== about) throw new Error('A sealed text belongs to another');
      return Buffer.from(plaintext).toString();
    },
  };
}

/** Which key sealed it, by its own word: nothing is opened. `?` where it is no sealed text at all. */
export function keyIdOf(text: string): string {
  try {
    return decodeProtectedHeader(text).kid ?? NO_KEY;
  } catch {
    return NO_KEY;
  }
}

/** A key for one purpose from one that serves another (RFC 5869): neither tells of the other. */
export function derivedKey(id: string, from: Uint8Array, purpose: string): SealingKey {
  return { id, key: new Uint8Array(hkdfSync('sha256', from, '', purpose, KEY_BYTES)) };
}
