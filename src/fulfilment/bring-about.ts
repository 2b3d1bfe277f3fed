// What the four direct endpoints do: ask for the meeting or the event of an appointment, wait for it, bounded, and hand it
// out. Asked again they hand out the same.
import type { Appointment } from '../appointments/appointment.ts';
import type { BookingTools } from '../appointments/booking.ts';
import { seeAppointment } from '../appointments/find-appointment.ts';
import { setMeetingOf, type MeetingRequest } from '../appointments/set-meeting.ts';
import { listNotes } from '../appointments/store.ts';
import { CALENDAR_PROVIDERS } from '../calendars/provider.ts';
import { listConnectionsOfSession } from '../connections/store.ts';
import { isHost, type Actor } from '../identity/actor.ts';
import { isStuck, type OutsideKind, type OutsideObject } from '../meetings/meeting.ts';
import { platformsWith, type OutsideProvider } from '../meetings/provider.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { readPractitioner } from '../practitioners/store.ts';
import { OutsideError } from '../platform/outside-error.ts';
import type { Log } from '../platform/log.ts';
import { accountsOf, type AccountTools } from './accounts.ts';
import { awaitOutside, type Waiting } from './await-outside.ts';
import { isPutOff } from './held.ts';
import { topicOf } from './plan.ts';
import type { RetryAsked } from './retry-asked.ts';

export type BringTools = BookingTools &
  Waiting &
  AccountTools & {
    readonly log: Log;
    readonly meetingWaitMs: number;
    readonly retryAsked: RetryAsked;
  };

/** By when a provider that answers at all has answered; a start link is worth no longer wait. */
const HOST_LINK_TIMEOUT_MS = 5_000;
const ASK_AGAIN_SECONDS = 5;

export type Brought = { readonly appointment: Appointment; readonly object: OutsideObject; readonly topic: string };

/** Refusals of setMeetingOf; `platform_not_configured` where it can stand nowhere here; `meeting_pending` when the wait is over, `meeting_failed` where a person must act first. */
export async function bringAbout(
  tools: BringTools,
  actor: Actor,
  request: MeetingRequest,
  kind: OutsideKind,
  once: Once,
): Promise<Brought> {
  await refuseNowhere(tools, actor, request);
  const { appointment, before } = await setMeetingOf(tools, actor, request, once);
  const { organisationId } = actor;
  const session = { organisationId, sessionId: appointment.sessionId };
  const tried = before
    ? before.find((one) => one.kind === kind)
    : await tools.retryAsked(session, kind, tools.meetingWaitMs);
  const found = await awaitOutside(tools, session, tools.meetingWaitMs, (objects) => {
    const object = objects.find((one) => one.kind === kind);
    if (!object) return null;
    // What failed before may be mended by now: only a try made since tells.
    const judged = !tried || object.attempts !== tried.attempts;
    if (judged && isStuck(object)) return 'failed';
    const newly = object.nextAttemptAt !== null && !(tried?.nextAttemptAt?.equals(object.nextAttemptAt) ?? false);
    // Nobody asks its account now: it is not a matter of seconds.
    if (newly && isPutOff(object.lastError)) return 'waiting';
    const linked = request.platform === null || object.joinUrl !== null;
    return object.state === 'live' && linked && object.writtenRevision >= appointment.revision ? object : null;
  });
  if (found === null || found === 'waiting') {
    throw new Refusal(
      'meeting_pending',
      'It is being made, but the provider takes longer than usual. Ask again in a moment.',
      {
        retryAfterSeconds: ASK_AGAIN_SECONDS,
      },
    );
  }
  if (found === 'failed') {
    throw new Refusal(
      'meeting_failed',
      'The provider refused to make it. Staff must look at the connection to the provider.',
    );
  }
  const { topic } = await tools.transactor.inOrganisation(organisationId, (tx) => listNotes(tx, appointment.id));
  return {
    appointment,
    object: found,
    topic: topicOf({ topic, practitioner: { name: appointment.practitionerName } }),
  };
}

/** What nobody here can make is not asked for, nor waited for. Why a platform cannot be chosen says setMeetingOf. */
async function refuseNowhere(tools: BringTools, actor: Actor, request: MeetingRequest): Promise<void> {
  const { platform, appointmentId } = request;
  if (platform === null ? tools.calendars.size > 0 : tools.platforms.has(platform)) return;
  const [appointment, practitioner] = await tools.transactor.inOrganisation(
    actor.organisationId,
    async (tx) => {
      const seen = await seeAppointment(tx, actor, appointmentId);
      return [seen, await readPractitioner(tx, seen.practitionerId)] as const;
    },
    { readOnly: true },
  );
  // An account of her own may do what those of the deployment cannot.
  const hers = platformsWith(tools, practitioner);
  if (platform === null ? practitioner.connected.some(isCalendar) : hers.has(platform)) return;
  if (platform !== null && platform !== appointment.platform) return;
  throw new Refusal(
    'platform_not_configured',
    `${platform === null ? 'No calendar is' : 'This platform is not'} set up here. Staff must look at the settings.`,
    { errors: [{ pointer: '/appointmentId', message: 'can have none here' }] },
  );
}

/** A fresh start link for those who may be host; undefined for others, and where the provider does not answer now. */
export async function hostLinkFor(
  tools: BringTools,
  actor: Actor,
  { appointment, object }: Brought,
): Promise<string | undefined> {
  if (!isHost(actor, appointment.practitionerId) || object.platform === null || object.providerId === null)
    return undefined;
  const { organisationId } = actor;
  const connections = await tools.transactor.inOrganisation(
    organisationId,
    (tx) => listConnectionsOfSession(tx, appointment.sessionId),
    { readOnly: true },
  );
  const account = accountsOf(tools, organisationId, connections).meetingsOf(object);
  try {
    return (
      (await account?.meetings.hostLink(object.host, object.providerId, { timeoutMs: HOST_LINK_TIMEOUT_MS })) ??
      undefined
    );
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    tools.log.warn(
      { outcome: error.facts.outcome, sessionId: appointment.sessionId },
      'no start link could be fetched',
    );
    return undefined;
  }
}

function isCalendar(provider: OutsideProvider): boolean {
  return CALENDAR_PROVIDERS.some((id) => id === provider);
}
