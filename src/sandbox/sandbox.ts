// Starts and ends the sandbox: the emulators of Zoom, Google, Microsoft and three mail services on one HTTP port, the
// mailbox on an SMTP port, and their state in one folder. It may live inside another process: no signals, no exit, nothing global.
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Log } from '../platform/log.ts';
import type { Clock } from '../platform/time/clock.ts';
import { sandboxAddresses, type SandboxAddresses } from './addresses.ts';
import { hangConsent } from './consent.ts';
import { hangControl } from './control.ts';
import type { SetClock } from './control-faults.ts';
import { SANDBOX_CREDENTIALS, sandboxCredentials, type SandboxCredentials } from './credentials.ts';
import type { World } from './endpoint.ts';
import { faultsOnOrder, type Faults } from './faults.ts';
import { grantsOf } from './grants.ts';
import { google } from './google/google.ts';
import { postmark } from './mail/postmark.ts';
import { resend } from './mail/resend.ts';
import { sendgrid } from './mail/sendgrid.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { microsoft } from './microsoft/microsoft.ts';
import { hangPages } from './pages.ts';
import { peopleOf } from './people.ts';
import { createServer, hang } from './server.ts';
import { openState, type State } from './state.ts';
import { switchBoard } from './switches.ts';
import { tokensOf } from './tokens.ts';
import { twilio } from './twilio/twilio.ts';
import { visitsOf } from './zoom/visits.ts';
import { zoomEvents } from './zoom/events.ts';
import { zoom } from './zoom/zoom.ts';

export type SandboxOptions = {
  /** 127.0.0.1 unless given: the sandbox hands out its credentials to whoever asks. */
  host?: string;
  /** 0 = any free port. */
  port: number;
  /** Any free port at the first start unless given; then the same again. */
  smtpPort?: number;
  /** Where the state lives, written before an answer leaves; without it in memory, until the sandbox closes. */
  folder?: string;
  /** All that the sandbox knows of time; only latencies and time-outs of real calls last real milliseconds. */
  clock: Clock;
  /** The same clock, where it may be set over the control door. */
  setClock?: SetClock;
  /** Whether Zoom posts again by itself what is due; else it does when told to. True unless given. */
  postsDue?: boolean;
  log: Log;
  /** Whether the providers' quotas are enforced at the start; switches change it. */
  quotas?: boolean;
  /** Where Zoom's events go; nowhere unless given, or set by hand. */
  zoomWebhookUrl?: string;
};

/** How often it is looked whether a post is due; by the clock that was handed in. */
const LOOK_MS = 1_000;

export type Sandbox = {
  url: string;
  smtpUrl: string;
  addresses: SandboxAddresses;
  credentials: SandboxCredentials;
  close(): Promise<void>;
};

/** One without doors: calls are handed in by `inject`, and no letter comes by SMTP. For simulations, which have no sockets. */
export type OpenSandbox = Pick<Sandbox, 'addresses' | 'credentials' | 'close'> & {
  readonly inject: FastifyInstance['inject'];
  readonly faults: Faults;
};

/** Nobody is there. */
const NO_DOOR = 'http://sandbox.invalid';

export function openSandbox(options: Pick<SandboxOptions, 'clock' | 'log' | 'postsDue'>): OpenSandbox {
  const { app, world, faults, ready, close } = furnish(options, { url: () => NO_DOOR, smtpUrl: () => NO_DOOR });
  ready.resolve();
  const credentials = world.credentials();
  return { inject: app.inject.bind(app), faults, addresses: sandboxAddresses(NO_DOOR), credentials, close };
}

/** Throws what `listen` throws (EADDRINUSE: somebody, perhaps another sandbox, has the port) and leaves nothing open. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const host = options.host ?? '127.0.0.1';
  let url = '';
  let smtpUrl = '';
  const { app, world, mailbox, ready, close } = furnish(options, { url: () => url, smtpUrl: () => smtpUrl });
  try {
    await app.listen({ host, port: options.port });
    const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
    url = `http://${shown}:${(app.server.address() as AddressInfo).port}`;
    smtpUrl = `smtp://${shown}:${await listenForMail(mailbox, world.state, options, host)}`;
    const made = world.credentials();
    ready.resolve();
    return { url, smtpUrl, addresses: sandboxAddresses(url), credentials: made, close };
  } catch (error) {
    ready.resolve();
    await close();
    throw error;
  }
}

type Doors = { readonly url: () => string; readonly smtpUrl: () => string };

/** All that answers, behind doors that are not open yet. */
function furnish(options: Omit<SandboxOptions, 'port'>, doors: Doors) {
  const state = openState(options.folder);
  const faults = faultsOnOrder();
  const mailbox = createMailbox({ state, faults, clock: options.clock, log: options.log });
  const stopping = new AbortController();
  const ready = Promise.withResolvers<void>();
  let credentials: SandboxCredentials | undefined;
  const tokens = tokensOf(state, options.clock);
  const switches = switchBoard(options.quotas ?? false);
  const world: World = {
    state,
    clock: options.clock,
    tokens,
    grants: grantsOf(state, options.clock, tokens),
    people: peopleOf(state),
    switches,
    zoomEvents: zoomEvents({
      clock: options.clock,
      log: options.log,
      switches,
      secret: SANDBOX_CREDENTIALS.zoom.webhookSecret,
      url: options.zoomWebhookUrl ?? null,
      stopping: stopping.signal,
    }),
    zoomVisits: visitsOf(),
    url: doors.url,
    credentials: () => (credentials ??= sandboxCredentials(state)),
  };
  const around = { world, faults, log: options.log };
  const services = [resend(world), postmark(world), sendgrid(world), twilio(world)];
  const emulators = [zoom(world), google(world), microsoft(world), ...services];
  const app = createServer(ready.promise, emulators);
  for (const emulator of emulators) hang(app, emulator, around, stopping.signal);
  hangPages(app, world);
  hangConsent(app, world);
  const told = { smtpUrl: doors.smtpUrl, credentials: () => world.credentials() };
  hangControl(app, { world, faults, mailbox, setClock: options.setClock, ...told });
  const due = options.postsDue === false ? undefined : setInterval(() => void world.zoomEvents.postDue(), LOOK_MS);
  due?.unref();
  const close = async (): Promise<void> => {
    stopping.abort();
    clearInterval(due);
    await app.close();
    await mailbox.close();
    state.close();
  };
  return { app, world, mailbox, faults, ready, close };
}

/** The port asked for, else the one used last time, else any; what was used is remembered. */
async function listenForMail(mailbox: Mailbox, state: State, options: SandboxOptions, host: string): Promise<number> {
  const settings = state.drawer<number>('setting');
  const remembered = settings.find('smtp-port')?.body;
  const port = await mailbox.listen(options.smtpPort ?? remembered ?? 0, host).catch((error: unknown) => {
    if (options.smtpPort !== undefined || remembered === undefined) throw error;
    options.log.warn({ port: remembered }, 'sandbox: the mailbox port of last time is taken; another is used');
    return mailbox.listen(0, host);
  });
  if (port !== remembered)
    settings.put({ id: 'smtp-port', owner: '', live: true, starts: 0, ends: 0, tags: [], body: port });
  return port;
}
