// Who is looking: the token that was pasted, in memory alone, and the client that sends it. A real site's page would ask
// its own back end here instead.
import { createClient } from '@slotkeeper/client';

export type Visitor = { readonly userId: string; readonly email: string };

let token: string | null = null;

/** An address is all that a build may hold; a token or a key in a `VITE_` name would be everybody's. */
const baseUrl = (import.meta.env['VITE_SLOTKEEPER_URL'] as string | undefined) ?? '';

export const slotkeeper = createClient({ baseUrl, getToken: () => token });

const outlivePage = (request: Request, init?: RequestInit) => fetch(request, { ...init, keepalive: true });

/** Calls as whoever is signed in now, also after signing out, and as the page is left. */
export function currentCaller() {
  return createClient({ baseUrl, fetch: outlivePage, ...(token === null ? {} : { token }) });
}

/** Null where it is no client's token. What it says is used to fill in the form; the server alone believes or refuses it. */
export function signIn(pasted: string): Visitor | null {
  const claims = claimsOf(pasted.trim());
  if (claims === null) return null;
  token = pasted.trim();
  return claims;
}

export function signOut(): void {
  token = null;
}

function claimsOf(jwt: string): Visitor | null {
  try {
    const bytes = Uint8Array.from(atob((jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')), (one) =>
      one.charCodeAt(0),
    );
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown; email?: unknown };
    if (typeof claims.sub !== 'string' || typeof claims.email !== 'string') return null;
    return { userId: claims.sub, email: claims.email };
  } catch {
    return null;
  }
}
