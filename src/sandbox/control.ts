// The sandbox's own door for people and measurements: what is live at each provider now, faults on order, credentials
// for a second process, and resets. Its answers are plain JSON of ours, not a provider's.
import type { FastifyInstance } from 'fastify';
import { hangFaults, type SetClock } from './control-faults.ts';
import type { SandboxCredentials } from './credentials.ts';
import { jsonObject, PROVIDERS, type World } from './endpoint.ts';
import type { Faults } from './faults.ts';
import { listGoogleEvents } from './google/events.ts';
import { hangMailEvents } from './mail/control-events.ts';
import type { Mailbox } from './mailbox.ts';
import { listMicrosoftEvents, moveEvent } from './microsoft/events.ts';
import { listOnlineMeetings } from './microsoft/online-meetings.ts';
import { listSms } from './twilio/twilio.ts';
import { hangZoomControl } from './zoom/control-events.ts';
import { listZoomMeetings } from './zoom/meetings.ts';

/** More than any demo or measurement books; `x-total-count` tells when there are more. */
const MOST_LISTED = 50_000;

export type Control = {
  readonly world: World;
  readonly faults: Faults;
  readonly mailbox: Mailbox;
  readonly setClock: SetClock | undefined;
  smtpUrl(): string;
  credentials(): SandboxCredentials;
};

const LISTS = {
  '/control/zoom/meetings': ['zoom-meeting', listZoomMeetings],
  '/control/google/events': ['google-event', listGoogleEvents],
  '/control/microsoft/events': ['microsoft-event', listMicrosoftEvents],
  '/control/microsoft/online-meetings': ['online-meeting', listOnlineMeetings],
  '/control/sms': ['sms', listSms],
} as const;

/** Everything that providers keep for their users; tokens and credentials survive a reset. */
const RESETTABLE = [
  'zoom-meeting',
  'zoom-quota',
  'google-event',
  'microsoft-event',
  'online-meeting',
  'mail',
  'sms',
].concat(['taken', 'once', 'inactive'].map((kind) => `mail-${kind}`));

export function hangControl(app: FastifyInstance, control: Control): void {
  const { world, faults, mailbox } = control;
  const status = (): object => ({
    sandbox: true,
    url: world.url(),
    smtpUrl: control.smtpUrl(),
    now: world.clock.now().toString(),
    quotas: quotasOn(world),
    switches: world.switches.now(),
    faults: faults.list(),
  });
  app.get('/control/status', async () => status());
  app.get('/control/credentials', async () => ({
    sandbox: true,
    smtpUrl: control.smtpUrl(),
    credentials: control.credentials(),
  }));

  for (const [path, [kind, list]] of Object.entries(LISTS))
    app.get(path, async (_request, reply) => {
      void reply.header('x-total-count', world.state.drawer(kind).count({ live: true }));
      return list(world, MOST_LISTED);
    });
  app.get('/control/mailbox', async (_request, reply) => {
    void reply.header('x-total-count', mailbox.count());
    return mailbox.list(MOST_LISTED);
  });

  app.get('/control/grants', async () => world.grants.list());
  // What a person does in her account's settings, or an administrator for her.
  app.post('/control/grants/end', async (request, reply) => {
    const given = jsonObject(String(request.body)) ?? {};
    const provider = PROVIDERS.find((known) => known === given['provider']);
    if (!provider || typeof given['account'] !== 'string')
      return reply.code(400).send({ message: 'send {"provider": "zoom", "account": "name@example.com"}' });
    return { ended: world.grants.end(provider, given['account']) };
  });
  hangZoomControl(app, world);
  app.post<{ Params: { id: string } }>('/control/microsoft/events/:id/move', async (request, reply) => {
    const moved = world.state.transaction(() => moveEvent(world, request.params.id));
    return moved ?? reply.code(404).send({ message: 'there is no such event' });
  });

  hangFaults(app, { faults, switches: world.switches, setClock: control.setClock });
  hangMailEvents(app, world);
  app.delete('/control/mailbox', async (_request, reply) => {
    mailbox.clear();
    return reply.code(204).send();
  });
  app.delete('/control/state', async (_request, reply) => {
    world.zoomEvents.forget();
    world.state.transaction(() => {
      for (const kind of RESETTABLE) world.state.drawer(kind).remove('all');
    });
    return reply.code(204).send();
  });
}

function quotasOn({ switches }: World): boolean {
  const { zoomDailyLimit, graphConcurrency } = switches.now();
  return zoomDailyLimit && graphConcurrency;
}
