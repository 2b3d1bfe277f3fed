// Names that are made here rather than counted: request ids and the installation's marker. Public ids are integers from
// one sequence of the database.
import { randomBytes, randomUUID } from 'node:crypto';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** Without letters and digits that are taken for each other. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

export function newRequestId(): string {
  return randomUUID();
}

/** A caller's own request id, where it is one; nothing else gets into the log. */
export function acceptedRequestId(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : null;
}

/** A random name of lower-case letters and digits, starting with a letter; 16 of them hold some 79 bits. */
export function randomName(length: number): string {
  let name = '';
  while (name.length < length) {
    for (const byte of randomBytes(length)) {
      // Beyond the last whole multiple, some letters would come up more often.
      if (byte >= 256 - (256 % ALPHABET.length) || name.length === length) continue;
      const letter = ALPHABET[byte % ALPHABET.length] ?? '';
      if (name !== '' || /[a-z]/.test(letter)) name += letter;
    }
  }
  return name;
}
