// Seals small secrets for the database by envelope encryption: each under a data key of its own, which the current key of
// the ring wraps (JWE with A256GCMKW and A256GCM, RFC 7516 and 7518). What is sealed is bound to whom it belongs.
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';

export type EncryptionKey = { readonly id: string; readonly key: Uint8Array };

/** Whose a sealed text is; it opens for no other. */
export type Belonging = {
  readonly organisationId: number;
  readonly practitionerId: number;
  readonly provider: string;
};

export type Sealed = { readonly text: string; readonly keyId: string };

export type Keyring = {
  /** The key that seals from now on. */
  readonly currentId: string;
  seal(plain: string, belonging: Belonging): Promise<Sealed>;
  /** Throws KeyMissing; anything else that goes wrong is a text that was tampered with, or is another's. */
  open(text: string, belonging: Belonging): Promise<string>;
};

/** The key it was sealed with is not in the ring: the operator took it away too early, or it is another installation's. */
export class KeyMissing extends Error {
  override readonly name = 'KeyMissing';
  readonly keyId: string;
  constructor(keyId: string) {
    super(`The key "${keyId}" is not among ENCRYPTION_KEYS`);
    this.keyId = keyId;
  }
}

/** In the protected header, and so authenticated: RFC 7516, 5.1, step 14. */
const BELONGING = 'slk';

/** A ring of at least one key, the first of them current. */
export function createKeyring(keys: readonly EncryptionKey[]): Keyring {
  const [current] = keys;
  if (!current) throw new RangeError('A keyring has at least one key');
  const known = new Map(keys.map(({ id, key }) => [id, key]));
  return {
    currentId: current.id,
    seal: async (plain, belonging) => {
      const text = await new CompactEncrypt(new TextEncoder().encode(plain))
        .setProtectedHeader({
          alg: 'A256GCMKW',
          enc: 'A256GCM',
          kid: current.id,
          [BELONGING]: nameOf(belonging),
        })
        .encrypt(current.key);
      return { text, keyId: current.id };
    },
    open: async (text, belonging) => {
      const keyId = String(decodeProtectedHeader(text).kid);
      const key = known.get(keyId);
      if (!key) throw new KeyMissing(keyId);
      const { plaintext, protectedHeader } = await compactDecrypt(text, key, {
        keyManagementAlgorithms: ['A256GCMKW'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      if (protectedHeader[BELONGING] !== nameOf(belonging)) throw new Error('A sealed text belongs to another');
      return new TextDecoder().decode(plaintext);
    },
  };
}

function nameOf({ organisationId, practitionerId, provider }: Belonging): string {
  return `${organisationId}/${practitionerId}/${provider}`;
}
