// The workshop with a sweep in hand: rounds are made when a test says so, and things at the providers are made, moved and removed
// past us, by the providers' own APIs.
import type { EventSpec } from '../../src/calendars/provider.ts';
import { decideDrift, type Decision } from '../../src/fulfilment/decide-drift.ts';
import { placeAll } from '../../src/fulfilment/jobs-sweep.ts';
import { eventKey, markerOf } from '../../src/fulfilment/plan.ts';
import { setSweepMode } from '../../src/fulfilment/set-sweep-mode.ts';
import { listDrift } from '../../src/fulfilment/store-drift.ts';
import type { SweepMode } from '../../src/fulfilment/store-sweep.ts';
import { sweepPlace, type SweepTools } from '../../src/fulfilment/sweep-place.ts';
import { DRIFT_STATES } from '../../src/fulfilment/sweep.ts';
import type { KnownActor } from '../../src/identity/actor.ts';
import type { OutsideObject } from '../../src/meetings/meeting.ts';
import type { MeetingSpec, OutsideProvider, Platform } from '../../src/meetings/provider.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { SARAH } from '../cast.ts';
import { openWorkshop, type Booked } from './open-workshop.ts';

const BOUNDS = { timeoutMs: 5_000 };
const QUIETLY = { ...BOUNDS, tellAttendees: false };
/** Steps of all places of a round, with room. */
const MOST_STEPS = 240;
const EVERYWHERE = ['zoom', 'google', 'microsoft'] as const;

export type Told = {
  readonly kind: string;
  readonly state: string;
  readonly reason: string | null;
  readonly sessionId: number;
};
export type Thing = {
  readonly id: string;
  readonly starts: string;
  readonly title: string;
  readonly marker: string | null;
};
export type Sweeping = Awaited<ReturnType<typeof openSweep>>;

export const providerOf = (platform: Platform): OutsideProvider =>
  platform === 'zoom' ? 'zoom' : platform === 'teams' ? 'microsoft' : 'google';

export async function openSweep() {
  const shop = await openWorkshop();
  const stories: Booked[] = [];
  const setMode = (mode: SweepMode) => setSweepMode(shop.tools, desk(), mode, noOnce);
  const desk = (): KnownActor => ({ ...shop.desk, role: 'staff' });
  const sql = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    shop.tools.transactor.inOrganisation(shop.organisationId, (tx) => tx.query<Row>({ name: '', text, values }));

  async function book(platform: Platform): Promise<Booked> {
    const booked = await shop.book(platform);
    stories.push(booked);
    return booked;
  }
  async function stand(platform: Platform): Promise<Booked> {
    const booked = await book(platform);
    await shop.finish();
    return booked;
  }

  /** One whole round of every place, or of those, as if each were due now; what it sets going is not carried out yet. */
  async function look(tools: SweepTools = shop.tools, at: readonly OutsideProvider[] = EVERYWHERE): Promise<void> {
    await placeAll(shop.tools);
    const due = (which: string) =>
      sql(`update sweep set due_at = $1::timestamptz where provider = any($2) and ${which}`, [
        shop.clock.now().toString(),
        at,
      ]);
    await due('true');
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      if (await sweepPlace(tools)) continue;
      const [left] = await sql<{ n: number }>('select count(*)::int as n from sweep where began_at is not null');
      if (left?.n === 0) return;
      await due('began_at is not null');
    }
    throw new Error('the round does not end');
  }
  /** A round, and what follows from it. */
  async function sweep(at: readonly OutsideProvider[] = EVERYWHERE): Promise<void> {
    await look(shop.tools, at);
    await shop.finish();
  }

  async function drift(): Promise<Told[]> {
    const rows = await shop.tools.transactor.inOrganisation(shop.organisationId, async (tx) => {
      const all = [];
      for (const state of DRIFT_STATES) all.push(...(await listDrift(tx, state, { after: 0, limit: 100 })));
      return all;
    });
    return rows.map(({ kind, state, reason, sessionId }) => ({ kind, state, reason, sessionId }));
  }
  async function decide(decision: Decision): Promise<void> {
    const [row] = await sql<{ id: number }>(`select id from drift where state = 'open'`);
    await decideDrift(shop.tools, desk(), { driftId: row?.id ?? 0, decision }, noOnce);
  }

  /** The meeting or event that bears the platform's link. */
  async function bearerOf(booked: Booked): Promise<OutsideObject> {
    const found = (await shop.objects(booked)).find(({ platform }) => platform !== null);
    if (!found?.providerId) throw new Error('it stands nowhere');
    return found;
  }

  /** Whatever stands at the provider, ours or not. */
  async function things(platform: Platform): Promise<Thing[]> {
    const all = platform === 'zoom' ? await shop.zoom() : await shop.events();
    return all
      .map((one) => ({
        id: String(one['id']),
        starts: JSON.stringify(one['start'] ?? one['start_time']),
        title: String(one['topic'] ?? one['summary'] ?? one['subject']),
        marker: /sk:[a-z0-9]+:\d+/.exec(JSON.stringify(one))?.[0] ?? null,
      }))
      .toSorted((a, b) => a.id.localeCompare(b.id));
  }
  const ours = async (platform: Platform, { sessionId }: Pick<Booked, 'sessionId'>) =>
    (await things(platform)).filter(({ marker }) => marker === markerOf(shop.tools.installation, sessionId));

  let made = 0;
  /** Something on the practitioner's calendar, or of hers as a host, made past us. */
  async function makeByHand(
    platform: Platform,
    over: { marker: string; start: Temporal.Instant; title?: string; minutes?: number },
  ): Promise<string> {
    const { marker, start, title = 'Appointment with Dr. Sarah Johnson', minutes = 60 } = over;
    made += 1;
    if (platform === 'zoom') {
      const spec: MeetingSpec = { marker, topic: title, agenda: '', start, minutes, zone: 'America/New_York' };
      return (await shop.tools.meetings.get('zoom')?.meetings.create(SARAH.email, spec, BOUNDS))?.id ?? '';
    }
    const calendar = shop.tools.calendars.get(platform === 'teams' ? 'microsoft' : 'google');
    const spec: EventSpec = {
      key: eventKey(`by hand ${made}`, 1),
      marker,
      title,
      description: '',
      location: null,
      start,
      end: start.add({ minutes }),
      zone: 'America/New_York',
      conference: false,
      attendees: [],
    };
    return (await calendar?.create(SARAH.email, spec, BOUNDS))?.id ?? '';
  }
  async function removeByHand(platform: Platform, id: string): Promise<void> {
    if (platform === 'zoom') await shop.tools.meetings.get('zoom')?.meetings.delete(SARAH.email, id, BOUNDS);
    else
      await shop.tools.calendars.get(platform === 'teams' ? 'microsoft' : 'google')?.delete(SARAH.email, id, QUIETLY);
  }
  async function changeByHand(
    platform: Platform,
    booked: Booked,
    over: { hours?: number; title?: string },
  ): Promise<void> {
    const { providerId } = await bearerOf(booked);
    const id = providerId ?? '';
    const [session] = await sql<{ starts_at: Temporal.Instant }>('select starts_at from session where id = $1', [
      booked.sessionId,
    ]);
    const start = (session?.starts_at ?? shop.clock.now()).add({ hours: over.hours ?? 0 });
    const marker = markerOf(shop.tools.installation, booked.sessionId);
    const topic = over.title ?? 'Appointment with Dr. Sarah Johnson';
    const zone = 'America/New_York';
    if (platform === 'zoom') {
      const spec = { marker, topic, agenda: '', start, minutes: 60, zone };
      await shop.tools.meetings.get('zoom')?.meetings.update(SARAH.email, id, spec, BOUNDS);
      return;
    }
    const calendar = shop.tools.calendars.get(platform === 'teams' ? 'microsoft' : 'google');
    const spec = { key: eventKey(marker, 1), marker, title: topic, description: '', location: null, start };
    const rest = { end: start.add({ minutes: 60 }), zone, conference: true, attendees: [] };
    await calendar?.update(SARAH.email, id, { ...spec, ...rest }, BOUNDS);
  }

  const startOf = async ({ sessionId }: Booked) =>
    (await sql<{ starts_at: Temporal.Instant }>('select starts_at from session where id = $1', [sessionId]))[0]
      ?.starts_at ?? shop.clock.now();
  return {
    shop,
    sql,
    book,
    stand,
    look,
    sweep,
    drift,
    decide,
    setMode,
    bearerOf,
    things,
    ours,
    startOf,
    makeByHand,
    removeByHand,
    changeByHand,
    /** Cancelled, finished and forgotten, as if nothing had been. */
    clear: async (): Promise<void> => {
      await shop.heal();
      for (const booked of stories.splice(0)) await shop.cancel(booked);
      await setMode('mend');
      await shop.clear();
      await sql('delete from drift');
      await sql('delete from sweep');
    },
    close: shop.close,
  };
}
