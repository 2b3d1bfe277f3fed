// The house as one simulated process has it: the real rooms with a database, a network and a clock of the world's. What
// composition.ts builds for a process of the machine is built here for one of the world.
import { createDesks } from '../src/availability/desk.ts';
import { googleCalendar } from '../src/calendars/providers/google.ts';
import { microsoftCalendar } from '../src/calendars/providers/microsoft.ts';
import { placesOf } from '../src/composition.ts';
import { startOffers } from '../src/appointments/jobs.ts';
import { startRunner } from '../src/fulfilment/jobs.ts';
import { offerSender } from '../src/fulfilment/send-offers.ts';
import { NEWS, WORK } from '../src/fulfilment/topics.ts';
import { zoomMeetings } from '../src/meetings/providers/zoom.ts';
import { postmarkMailer } from '../src/notifications/providers/postmark.ts';
import { resendMailer } from '../src/notifications/providers/resend.ts';
import { transactor } from '../src/platform/database/transaction.ts';
import { httpClient } from '../src/platform/http/client.ts';
import type { Bell } from '../src/platform/jobs/bell.ts';
import type { Log } from '../src/platform/log.ts';
import { ENTRIES } from '../src/webhooks/topics.ts';
import type { Lane } from './lane.ts';
import type { Statements } from './statements.ts';
import { runIn } from './takeover.ts';
import type { Machine, World } from './world.ts';

export const INSTALLATION = 'simulation';
const FROM = { name: 'The practice', address: 'practice@example.com' };
/** Of a word from one process to another. */
const SLOWEST_BELL_MS = 30;
const KEY = new Uint8Array(32).fill(7);

export type HouseTools = {
  readonly world: World;
  readonly lane: Lane;
  readonly statements: Statements;
  readonly bells: Bells;
  readonly mailService: 'resend' | 'postmark';
  /** Somebody tends offers, too. */
  readonly waits: boolean;
};

export type House = ReturnType<typeof openHouse>;

/** Everything that acts and the runner take. Call it on the machine. */
export function openHouse(tools: HouseTools, machine: Machine) {
  const { world, lane } = tools;
  const clock = { now: () => world.now() };
  const log = logOf(world, machine);
  const pool = tools.statements.poolOf(machine);
  const http = httpClient({ clock, log });
  const at = lane.sandbox.addresses;
  const { zoom, google, microsoft, mail } = lane.sandbox.credentials;
  const { client_email: clientEmail, private_key: privateKey } = google.serviceAccount;
  const zoomConfig = { apiUrl: at.zoomApiUrl, oauthUrl: at.zoomOAuthUrl, ...zoom };
  const meetings = new Map([
    ['zoom', { account: 'zoom', meetings: zoomMeetings({ config: zoomConfig, clock, log, http }) }],
  ] as const);
  const account = { clientEmail, privateKey };
  const googleConfig = { apiUrl: at.googleApiUrl, oauthUrl: at.googleOAuthUrl, serviceAccount: account };
  const microsoftConfig = { graphUrl: at.msGraphUrl, loginUrl: at.msLoginUrl, ...microsoft };
  const calendars = new Map([
    ['google', googleCalendar({ config: googleConfig, clock, log, http })],
    ['microsoft', microsoftCalendar({ config: microsoftConfig, clock, log, http })],
  ] as const);
  const carriers = new Map(
    [...calendars.values()].map(({ conferencePlatform, id }) => [conferencePlatform, id] as const),
  );
  const service = tools.mailService;
  const mailOptions = { http, log, from: FROM, apiKey: mail[service].apiKey, apiUrl: at.mailApiUrls[service] };
  const bell = tools.bells.hang(machine);
  return {
    clock,
    log,
    pool,
    bell,
    transactor: transactor({ pool, log }),
    desks: createDesks(),
    meetings,
    calendars,
    carriers,
    platforms: new Set([...meetings.keys(), ...carriers.keys()]),
    places: placesOf({ installation: INSTALLATION, meetings, calendars, carriers }),
    outletsOf: () => ({ meetings: new Map(), calendars: new Map() }),
    mailer: (service === 'resend' ? resendMailer : postmarkMailer)(mailOptions),
    texter: null,
    installation: INSTALLATION,
    addressKey: KEY,
    sandbox: true,
    guestLinks: { key: KEY, page: null },
    dailyChanges: new Map(),
    seriesPerClient: 4,
    // The shortest there can be, so that deadlines pass.
    waitlistRules: { holdMinutes: 10, perClient: 3 },
    holdRules: { minutes: 10, perClient: 3, perDay: 10 },
    meetingWaitMs: 3_000,
    chance: () => machine.place.chance(),
    wake: (organisationId: number, sessionId: number) => {
      bell.ring(WORK, String(sessionId));
      if (tools.waits) bell.ring(ENTRIES, String(organisationId));
    },
    announce: (_organisationId: number, sessionId: number) => bell.ring(NEWS, String(sessionId)),
  };
}

/** A process that answers callers. */
export function startDesk(tools: HouseTools, machine: Machine): House {
  return runIn(machine.place, () => openHouse(tools, machine));
}

/** A process that carries out, with the loops it has in earnest. */
export function startWorker(tools: HouseTools, machine: Machine): void {
  runIn(machine.place, () => {
    const house = openHouse(tools, machine);
    startRunner(house);
    if (tools.waits) startOffers({ ...house, sendOffers: offerSender(house) });
  });
}

/** The bells of all processes of a world: a word is heard at home at once, elsewhere soon, and now and then not at all. */
export class Bells {
  readonly #world: World;
  readonly #hearers = new Map<Machine, Set<readonly [topic: string, heard: (word: string) => void]>>();
  /** How many words in a hundred are lost between processes. */
  deafness = 0;

  constructor(world: World) {
    this.#world = world;
  }

  hang(machine: Machine): Bell {
    const mine = new Set<readonly [string, (word: string) => void]>();
    this.#hearers.set(machine, mine);
    machine.onDeath(() => this.#hearers.delete(machine));
    return {
      ring: (topic, word) => {
        if (!machine.alive) return;
        for (const [other, hearers] of this.#hearers) {
          const tell = (): void => {
            for (const [about, heard] of hearers) if (about === topic) runIn(other.place, () => heard(word));
          };
          if (other === machine) tell();
          else if (!this.#world.chance.happens(this.deafness / 100)) {
            this.#world.later(this.#world.chance.between(1, SLOWEST_BELL_MS), other, tell);
          }
        }
      },
      hear: (topic, heard) => {
        const hearer = [topic, heard] as const;
        mine.add(hearer);
        return () => void mine.delete(hearer);
      },
      close: () => Promise.resolve(),
    };
  }
}

const NOTHING = (): void => undefined;

/** What the product logs as an error is part of the story; a lost connection explains itself. */
function logOf(world: World, machine: Machine): Log {
  const error = (facts: { err?: unknown }, words: string): void => {
    const said = facts.err instanceof Error ? `${facts.err.name}: ${facts.err.message}` : '';
    world.trace(`${machine.name} ! ${words} ${said}`);
  };
  // What a loop gets over by itself is told as a warning, and may be a fault all the same.
  const warn = (facts: { err?: unknown }, words: string): void => {
    if (/tended/.test(words)) error(facts, words);
  };
  const log = { trace: NOTHING, debug: NOTHING, info: NOTHING, warn, error, fatal: error };
  return { ...log, child: () => log } as unknown as Log;
}
