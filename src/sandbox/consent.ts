// The three authorisation endpoints, as a browser meets them: who are you, and do you agree? A form is answered by the
// redirect that the provider would make. Scripts post the same form.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { World } from './endpoint.ts';
import { consentPage } from './pages/consent-page.ts';
import { sendPage } from './pages/layout.ts';
import { noticePage } from './pages/meeting-page.ts';
import { exists } from './people.ts';
import { USER_SCOPES } from './zoom/tokens.ts';

type Asking = {
  readonly provider: 'zoom' | 'google' | 'microsoft';
  readonly name: string;
  readonly path: string;
  readonly clientId: (world: World) => string;
  /** What the app asks for. At Zoom that is set in its registration. */
  readonly scopes: (query: URLSearchParams) => readonly string[];
  /** Scopes of the protocol, which nobody is asked about. */
  readonly silent: readonly string[];
};

const asked = (query: URLSearchParams): readonly string[] => (query.get('scope') ?? '').split(' ').filter(Boolean);

const ASKINGS: readonly Asking[] = [
  {
    provider: 'zoom',
    name: 'Zoom',
    path: '/zoom/oauth/authorize',
    clientId: (world) => world.credentials().zoom.app.clientId,
    scopes: () => USER_SCOPES,
    silent: [],
  },
  {
    provider: 'google',
    name: 'Google',
    path: '/google/accounts/o/oauth2/v2/auth',
    clientId: (world) => world.credentials().google.clientId,
    scopes: asked,
    silent: ['openid', 'email', 'profile'],
  },
  {
    provider: 'microsoft',
    name: 'Microsoft',
    path: '/microsoft/login/:tenant/oauth2/v2.0/authorize',
    clientId: (world) => world.credentials().microsoft.clientId,
    scopes: asked,
    silent: ['openid', 'email', 'profile', 'offline_access'],
  },
];

const WRONG_APP = 'The app is not known, or what it sent cannot be answered. Nobody is sent anywhere from here.';
const NO_ACCOUNT = 'There is no such account. Anybody exists here but those whose address begins with "nobody".';

export function hangConsent(app: FastifyInstance, world: World): void {
  for (const asking of ASKINGS) {
    app.get(asking.path, async (request, reply) => {
      const query = queryOf(request);
      const back = backOf(asking, world, query);
      if (!back) return sendPage(reply, noticePage(400, 'This request cannot be answered', WRONG_APP));
      const scopes = asking.scopes(query).filter((scope) => !asking.silent.includes(scope));
      const address = query.get('login_hint') ?? 'practitioner@example.com';
      return sendPage(reply, consentPage({ name: asking.name, address, scopes, back: back.origin }));
    });
    app.post(asking.path, async (request, reply) => decide(asking, world, request, reply));
  }
}

/** `account`, `decision` (approve, deny) and `scope`, once for each that is granted; without any, all are. */
function decide(asking: Asking, world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const query = queryOf(request);
  const back = backOf(asking, world, query);
  if (!back) return sendPage(reply, noticePage(400, 'This request cannot be answered', WRONG_APP));
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
  const state = query.get('state');
  if (state !== null) back.searchParams.set('state', state);
  if (form.get('decision') !== 'approve') {
    back.searchParams.set('error', 'access_denied');
    return reply.redirect(back.href, 302);
  }
  const address = (form.get('account') ?? '').trim().toLowerCase();
  if (!exists(address)) return sendPage(reply, noticePage(400, 'No such account', NO_ACCOUNT));
  const ticked = form.getAll('scope');
  const wanted = asking.scopes(query);
  const granted = wanted.filter(
    (scope) => asking.silent.includes(scope) || ticked.length === 0 || ticked.includes(scope),
  );
  const code = world.state.transaction(() =>
    world.grants.consent({
      provider: asking.provider,
      clientId: asking.clientId(world),
      redirectUri: query.get('redirect_uri') ?? '',
      challenge: query.get('code_challenge') ?? '',
      address,
      scopes: granted,
    }),
  );
  back.searchParams.set('code', code);
  return reply.redirect(back.href, 302);
}

/** Where the browser goes from here: to loopback and https alone, as the providers have it, and only with PKCE. */
function backOf(asking: Asking, world: World, query: URLSearchParams): URL | null {
  const back = URL.parse(query.get('redirect_uri') ?? '');
  const safe = back?.protocol === 'https:' || (back?.protocol === 'http:' && isLoopback(back.hostname));
  const known = query.get('client_id') === asking.clientId(world) && query.get('response_type') === 'code';
  const proven = query.get('code_challenge_method') === 'S256' && /^[\w-]{43}$/.test(query.get('code_challenge') ?? '');
  return back && safe && known && proven ? back : null;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
}

function queryOf(request: FastifyRequest): URLSearchParams {
  const question = request.url.indexOf('?');
  return new URLSearchParams(question < 0 ? '' : request.url.slice(question + 1));
}
