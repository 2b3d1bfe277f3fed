// Seals small secrets for the database by envelope encryption: each under a data key of its own, which the first key of the
// ring wraps (JWE with A256GCMKW and A256GCM, RFC 7516 and 7518). What is sealed is bound to what it belongs to.
import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';

export type SealingKey = { readonly id: string; readonly key: Uint8Array };

export type Sealing = {
  /** `about` names what the secret belongs to; it opens for nothing else. */
  seal(plain: string, about: string): Promise<string>;
  /** Throws where its key is not in the ring, where it was tampered with, or belongs to something else. */
  open(sealed: string, about: string): Promise<string>;
};

/** In the protected header, and so authenticated (RFC 7516, 5.1, step 14). */
const ABOUT = 'slk';
const KEY_BYTES = 32;

export function createSealing(keys: readonly SealingKey[]): Sealing {
  const [current] = keys;
  if (!current) throw new RangeError('Sealing needs a key');
  const ring = new Map(keys.map(({ id, key }) => [id, key]));
  return {
    seal: async (plain, about) =>
      await new CompactEncrypt(Buffer.from(plain))
        .setProtectedHeader({ alg: 'A256GCMKW', enc: 'A256GCM', kid: current.id, [ABOUT]: about })
        .encrypt(current.key),
    open: async (sealed, about) => {
      const keyId = String(decodeProtectedHeader(sealed).kid);
      const key = ring.get(keyId);
      if (!key) throw new Error(`The key "${keyId}" that sealed it is not known here`);
      const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
        keyManagementAlgorithms: ['A256GCMKW'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      if (protectedHeader[ABOUT] !== about) throw new Error('A sealed text belongs to something else');
      return Buffer.from(plaintext).toString();
    },
  };
}

/** A key for one purpose from one that serves another (RFC 5869): neither tells of the other. */
export function derivedKey(id: string, from: Uint8Array, purpose: string): SealingKey {
  return { id, key: new Uint8Array(hkdfSync('sha256', from, '', purpose, KEY_BYTES)) };
}
