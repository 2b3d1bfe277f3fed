// Who exists in the sandbox: anybody with a plausible address, but nobody whose address begins with "nobody". Ids are
// derived from addresses, and remembered so that a later call may name a person by id.
import { createHash } from 'node:crypto';
import type { State } from './state.ts';

export type People = {
  /** The address behind an address or an id made by `idOf`; undefined for strangers. */
  find(addressOrId: string): string | undefined;
  /** The person's id at a provider; remembered. */
  idOf(provider: 'zoom' | 'microsoft', address: string): string;
};

const ADDRESS = /^[^\s@<>,;]{1,64}@[^\s@<>,;]+\.[^\s@<>,;.]+$/;

export function isAddress(text: unknown): text is string {
  return typeof text === 'string' && text.length <= 254 && ADDRESS.test(text);
}

export function exists(address: string): boolean {
  return isAddress(address) && !address.toLowerCase().startsWith('nobody');
}

export function peopleOf(state: Pick<State, 'drawer'>): People {
  const known = state.drawer<string>('person');
  return {
    find: (addressOrId) => {
      if (addressOrId.includes('@')) return exists(addressOrId) ? addressOrId.toLowerCase() : undefined;
      return known.find(addressOrId)?.body;
    },
    idOf: (provider, address) => {
      const hash = createHash('sha256').update(`${provider}:${address}`).digest();
      const hex = hash.toString('hex');
      const id =
        provider === 'zoom'
          ? hash.toString('base64url').slice(0, 22)
          : `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
      if (!known.find(id)) known.put({ id, owner: '', live: true, starts: 0, ends: 0, tags: [], body: address });
      return id;
    },
  };
}

/** "sarah.johnson@..." -> "Sarah Johnson" */
export function nameOf(address: string): string {
  const local = address.split('@')[0] ?? address;
  return local
    .split(/[._-]+/)
    .filter((part) => part !== '')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(' ');
}
