// What people of the sandbox have granted to an app: codes that live for minutes, grants with their refresh tokens, renewed
// as each provider renews them. Each provider words its own answers.
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../platform/time/clock.ts';
import type { Provider } from './endpoint.ts';
import type { Drawer, State } from './state.ts';
import type { Tokens } from './tokens.ts';

/** Zoom's and Google's codes live five to ten minutes. */
const CODE_MINUTES = 5;

type Code = {
  readonly provider: Provider;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly address: string;
  readonly scopes: readonly string[];
  readonly used: boolean;
};

export type Grant = {
  readonly provider: Provider;
  readonly clientId: string;
  readonly address: string;
  readonly scopes: readonly string[];
  /** Digests of the refresh tokens that are good, newest first. */
  readonly refresh: readonly string[];
  /** How often it was renewed. */
  readonly renewals: number;
  /** When it was given or last renewed; those of an earlier version of the sandbox do not tell. */
  readonly usedAt?: number;
};

/** What a token call is answered with. */
export type Handed = {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly address: string;
  readonly scopes: readonly string[];
};

export type Grants = {
  /** The code of a consent just given. */
  consent(code: Omit<Code, 'used'>): string;
  redeem(asked: {
    provider: Provider;
    clientId: string;
    code: string;
    redirectUri: string;
    verifier: string;
  }): Handed | 'bad_code' | 'bad_verifier' | 'bad_redirect';
  /** `rotation`: what becomes of the token that was used. */
  renew(asked: {
    provider: Provider;
    clientId: string;
    refreshToken: string;
    rotation: 'keeps' | 'replaces' | 'adds';
  }): Handed | null;
  /**
   * Ends the grant behind a refresh or access token; false where there is none. `person`: with it all that she granted to the
   * same client, by whichever consent.
   */
  revoke(provider: Provider, token: string, reach: 'grant' | 'person'): boolean;
  /** As a person does in her account's settings; answers how many. */
  end(provider: Provider, address: string): number;
  /** Whose grant is behind what a token call carries; undefined where there is none. */
  addressBehind(
    provider: Provider,
    carried: { code?: string | null; refreshToken?: string | null },
  ): string | undefined;
  list(): readonly (Pick<Grant, 'provider' | 'address' | 'scopes' | 'renewals'> & { readonly live: boolean })[];
};

/** Unused so long, a refresh token is dead: Zoom and Microsoft tell of about 90 days, Google of six months. */
const UNUSED_DAYS: Readonly<Partial<Record<Provider, number>>> = { zoom: 90, microsoft: 90, google: 182 };
const DAY_MS = 86_400_000;

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
const MOST_LISTED = 10_000;
/** Microsoft leaves old refresh tokens good; a few are remembered. */
const MOST_REFRESH = 5;

export function grantsOf(state: Pick<State, 'drawer'>, clock: Clock, tokens: Tokens): Grants {
  const kept: Kept = {
    codes: state.drawer<Code>('authorisation-code'),
    grants: state.drawer<Grant>('grant'),
    tokens,
    now: () => clock.now().epochMilliseconds,
  };
  const { codes, grants } = kept;
  return {
    consent: (code) => {
      const id = `sandbox-code.${randomBytes(24).toString('base64url')}`;
      const now = clock.now().epochMilliseconds;
      codes.remove({ endsBefore: now - CODE_MINUTES * 60_000 });
      putCode(codes, id, { ...code, used: false }, now, now + CODE_MINUTES * 60_000);
      return id;
    },
    redeem: (asked) => redeem(kept, asked, clock.now().epochMilliseconds),
    renew: ({ provider, clientId, refreshToken, rotation }) => {
      const found = byRefresh(kept, provider, refreshToken);
      if (!found || found.body.clientId !== clientId) return null;
      const fresh = rotation === 'keeps' ? refreshToken : newRefresh(provider);
      const older = rotation === 'adds' ? found.body.refresh : [];
      const refresh = [digest(fresh), ...older].slice(0, MOST_REFRESH);
      const grant = { ...found.body, refresh, renewals: found.body.renewals + 1, usedAt: kept.now() };
      putGrant(grants, found.id, grant, found.starts);
      return hand(kept, found.id, grant, fresh);
    },
    revoke: (provider, token, reach) => {
      const access = tokens.check(provider, `Bearer ${token}`);
      const id = typeof access === 'object' ? access.grant : byRefresh(kept, provider, token)?.id;
      const found = id === undefined ? undefined : grants.find(id);
      if (!found || !endOne(grants, found.id)) return false;
      if (reach === 'person') endAllOf(grants, found.body);
      return true;
    },
    end: (provider, address) => {
      const hers = grants.list({ owner: address.toLowerCase(), live: true, limit: MOST_LISTED });
      return hers.filter(({ id, body }) => body.provider === provider && endOne(grants, id)).length;
    },
    addressBehind: (provider, { code, refreshToken }) => {
      const coded = code ? codes.find(code)?.body : undefined;
      return coded?.address ?? (refreshToken ? byRefresh(kept, provider, refreshToken)?.body.address : undefined);
    },
    list: () =>
      grants.list({ limit: MOST_LISTED }).map(({ body: { provider, address, scopes, renewals }, live }) => ({
        provider,
        address,
        scopes,
        renewals,
        live,
      })),
  };
}

type Kept = {
  readonly codes: Drawer<Code>;
  readonly grants: Drawer<Grant>;
  readonly tokens: Tokens;
  readonly now: () => number;
};

function redeem(kept: Kept, asked: Parameters<Grants['redeem']>[0], now: number): ReturnType<Grants['redeem']> {
  const { provider, clientId, code, redirectUri, verifier } = asked;
  const found = kept.codes.find(code);
  const good = found && !found.body.used && found.ends > now;
  if (!good || found.body.provider !== provider || found.body.clientId !== clientId) return 'bad_code';
  if (found.body.redirectUri !== redirectUri) return 'bad_redirect';
  if (digest(verifier) !== found.body.challenge) return 'bad_verifier';
  const refreshToken = newRefresh(provider);
  const id = `grant.${randomBytes(12).toString('base64url')}`;
  const { address, scopes } = found.body;
  const refresh = [digest(refreshToken)];
  const grant: Grant = { provider, clientId, address, scopes, refresh, renewals: 0, usedAt: now };
  putGrant(kept.grants, id, grant, now);
  putCode(kept.codes, code, { ...found.body, used: true }, found.starts, found.ends);
  return hand(kept, id, grant, refreshToken);
}

function hand({ tokens }: Kept, id: string, grant: Grant, refreshToken: string): Handed {
  const { provider, address, scopes } = grant;
  return {
    accessToken: tokens.issue({ provider, subject: address, scopes, grant: id }),
    refreshToken,
    address,
    scopes,
  };
}

function newRefresh(provider: Provider): string {
  return `sandbox-refresh.${provider}.${randomBytes(24).toString('base64url')}`;
}

function byRefresh({ grants, now }: Kept, provider: Provider, refreshToken: string) {
  const [found] = grants.list({ live: true, tags: [`refresh:${digest(refreshToken)}`], limit: 1 });
  if (found?.body.provider !== provider) return undefined;
  const { usedAt } = found.body;
  const days = UNUSED_DAYS[provider] ?? Infinity;
  return usedAt === undefined || now() < usedAt + days * DAY_MS ? found : undefined;
}

/** False where there is none that stands. */
function endOne(grants: Drawer<Grant>, id: string): boolean {
  const found = grants.find(id);
  if (!found?.live) return false;
  grants.put({ ...found, live: false });
  return true;
}

function endAllOf(grants: Drawer<Grant>, { provider, clientId, address }: Grant): void {
  const hers = grants.list({ owner: address.toLowerCase(), live: true, limit: MOST_LISTED });
  for (const { id, body } of hers) if (body.provider === provider && body.clientId === clientId) endOne(grants, id);
}

function putCode(codes: Drawer<Code>, id: string, body: Code, starts: number, ends: number): void {
  codes.put({ id, owner: body.address, live: true, starts, ends, tags: [], body });
}

function putGrant(grants: Drawer<Grant>, id: string, body: Grant, starts: number): void {
  const tags = body.refresh.map((one) => `refresh:${one}`);
  grants.put({ id, owner: body.address, live: true, starts, ends: 0, tags, body });
}
