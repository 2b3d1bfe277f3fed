// The world outside a simulated house: the sandbox's own emulators, reached without a socket, with weather on the way. Requests
// and answers are the real ones, byte for byte; when they arrive, and whether, is the seed's to say.
import type { Fault } from '../src/sandbox/faults.ts';
import type { Chance } from './chance.ts';
import type { Lane } from './lane.ts';
import { runIn, type Place } from './takeover.ts';
import type { Machine, World } from './world.ts';

/**
 * What befalls a call. unreached: nothing was sent. unheard: done, and the answer is lost. silent: no answer, nothing done.
 * late: no answer, done later than anybody waits. status, statusDone: refused before and after the work.
 */
const TROUBLES = ['unreached', 'unheard', 'silent', 'late', 'status', 'statusDone'] as const;
type Trouble = (typeof TROUBLES)[number];
const STATUSES = [429, 500, 502, 503, 504, 401] as const;
/** Of these nobody can tell whether the work was done. */
const IN_DOUBT = [500, 502, 504] as const;

/** After so long a provider has done what it was asked, or will not (SETTLE_AFTER_SILENCE_MS is 10 s). */
const LATEST_MS = 9_000;
const SLOWEST_MS = 300;

export type Weather = {
  /** How many calls in a hundred meet trouble; the world sets it to 0 when all is to come to rest. */
  trouble: number;
  /** Whether a machine dies around a call. */
  diesAround(machine: Machine): 'before' | 'after' | null;
};

type Request = {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  body: string;
};
/** May change what a process hears; plants do. */
export type Hearing = (request: Request, work: () => Promise<Response>) => Promise<Response>;

export class Outside {
  readonly #world: World;
  readonly #lane: Lane;
  readonly #chance: Chance;
  readonly #weather: Weather;
  readonly #hearing: Hearing;
  readonly #inside: Place;

  constructor(world: World, lane: Lane, weather: Weather, hearing: Hearing = (_, work) => work()) {
    this.#world = world;
    this.#lane = lane;
    this.#chance = world.chance.branch('weather');
    this.#weather = weather;
    this.#hearing = hearing;
    const chance = world.chance.branch('providers');
    // Their own waiting is real and short: the world stands still meanwhile.
    this.#inside = { chance: () => chance.next(), await: (work) => work };
  }

  /** What a process has for `fetch`. */
  fetchOf(machine: Machine): typeof fetch {
    return (input, init) =>
      new Promise((resolve, reject) => {
        const request = requestOf(input instanceof Request ? input.url : input.toString(), init ?? {});
        let over = false;
        const end = (body: () => void): void => {
          if (over) return;
          over = true;
          body();
        };
        init?.signal?.addEventListener('abort', () => end(() => reject(init.signal?.reason as Error)));
        const answer = (body: () => void): void =>
          void this.#world.later(this.#chance.between(1, SLOWEST_MS), machine, () => {
            if (!over) this.#world.trace(`${machine.name} < ${request.method} ${nameOf(request.url)}`);
            end(body);
          });
        this.#world.happen(machine, async () => {
          if (over) return;
          const heard = await this.#carry(machine, request);
          if (heard === 'nothing') return;
          answer(() => (heard instanceof Response ? resolve(heard) : reject(heard)));
        });
      });
  }

  async #carry(machine: Machine, request: Request): Promise<Response | Error | 'nothing'> {
    const what = `${request.method} ${nameOf(request.url)}`;
    const dies = this.#weather.diesAround(machine);
    const trouble = this.#chance.next() * 100 < this.#weather.trouble ? this.#chance.pick(TROUBLES) : null;
    this.#world.trace(`${machine.name} > ${what}${trouble ? `: ${trouble}` : ''}${dies ? `, dies ${dies}` : ''}`);
    if (dies === 'before') {
      this.#world.kill(machine);
      return 'nothing';
    }
    const heard = await this.#meet(request, trouble);
    if (dies === 'after') this.#world.kill(machine);
    return heard;
  }

  async #meet(request: Request, trouble: Trouble | null): Promise<Response | Error | 'nothing'> {
    if (trouble === null) return await this.#hearing(request, () => this.#work(request));
    switch (trouble) {
      case 'unreached':
        return lost('ECONNREFUSED');
      case 'silent':
        return 'nothing';
      case 'late': {
        // Letters cannot be looked up, so one that came late would be a stale one, and nobody's fault here.
        if (isMail(request)) return 'nothing';
        this.#world.later(this.#chance.between(0, LATEST_MS), null, async () => {
          this.#world.trace(`late: ${request.method} ${nameOf(request.url)}`);
          await this.#work(request);
        });
        return 'nothing';
      }
      case 'unheard':
        await this.#work(request);
        return lost('ECONNRESET');
      case 'statusDone':
        return await this.#work(request, { status: this.#chance.pick(IN_DOUBT), afterSuccess: true });
      case 'status':
        break;
    }
    return await this.#work(request, { status: this.#chance.pick(STATUSES) });
  }

  async #work(request: Request, fault?: Pick<Fault, 'status' | 'afterSuccess'>): Promise<Response> {
    const { sandbox } = this.#lane;
    if (fault) {
      for (const provider of ['zoom', 'google', 'microsoft', 'mail'] as const) {
        sandbox.faults.add({ provider, operation: 'any', times: 1, ...fault });
      }
    }
    try {
      return await runIn(this.#inside, async () => {
        const { method, url, headers, body } = request;
        const answer = await sandbox.inject({
          method: method as 'GET',
          url: new URL(url).pathname + new URL(url).search,
          headers,
          ...(body === '' ? {} : { payload: body }),
        });
        const text = answer.statusCode === 204 || answer.statusCode === 304 ? null : answer.body;
        return new Response(text, { status: answer.statusCode, headers: answer.headers as Record<string, string> });
      });
    } finally {
      sandbox.faults.clear();
    }
  }

  /** What stands there now, as the sandbox's control door lists it. */
  async list(path: string): Promise<Record<string, unknown>[]> {
    const answer = await this.#lane.sandbox.inject({ method: 'GET', url: `/control/${path}` });
    return answer.json<Record<string, unknown>[]>();
  }

  async clear(): Promise<void> {
    await this.#lane.sandbox.inject({ method: 'DELETE', url: '/control/state' });
  }
}

function requestOf(url: string, init: RequestInit): Request {
  const headers = Object.fromEntries(new Headers(init.headers).entries());
  const given = init.body instanceof URLSearchParams ? init.body.toString() : init.body;
  if (init.body instanceof URLSearchParams) headers['content-type'] = 'application/x-www-form-urlencoded';
  const body = typeof given === 'string' ? given : '';
  return { method: init.method ?? 'GET', url, headers, body };
}

export function isMail({ url }: Pick<Request, 'url'>): boolean {
  return /^\/(?:resend|postmark|sendgrid)\//.test(new URL(url).pathname);
}

/** Without what differs between two plays of one seed: ids and keys. */
function nameOf(url: string): string {
  const parts = new URL(url).pathname.split('/');
  return parts.map((part) => (part.length > 15 || /\d{3}|@|%40/.test(part) ? '#' : part)).join('/');
}

function lost(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}
