// The wire shapes of what is open or has failed. Ids, codes and words; no names, addresses or links.
import { Type } from 'typebox';
import { NextCursor, pageQuery } from '../platform/http/page.ts';
import { named } from '../platform/http/openapi.ts';
import { InstantText, PublicId } from '../platform/http/validation.ts';
import { reasonOf, reasonOfLetter } from './reason.ts';
import { FULFILMENT_STATES, LETTER_STATES, type FailedLetter, type OpenFulfilment } from './store-failing.ts';

const MaybeInstant = Type.Union([InstantText, Type.Null()]);
const Reason = Type.Union([Type.String(), Type.Null()], { description: 'For people: what is wrong, and what to do.' });
const Said = Type.Union([Type.String(), Type.Null()], {
  description:
    'For the log and the provider’s support: outcome, provider, operation, status and code, as far as known.',
});

const OPEN = {
  sessionId: 1010,
  appointmentId: 1011,
  wantedRevision: 1,
  doneRevision: 0,
  since: '2030-06-20T14:00:00Z',
  nextTryAt: '2030-06-20T14:10:00Z',
  inHand: false,
  attempts: 1,
  reason: 'The provider refuses it. Look at what the account and the credentials may do; then retry.',
  said: 'refused meetings create 403',
  steps: [],
};
const REFUSED = {
  letterId: 1020,
  sessionId: 1010,
  appointmentId: 1011,
  recipient: 'client',
  kind: 'confirmation',
  revision: 1,
  state: 'refused',
  start: '2030-06-20T18:00:00Z',
  attempts: 1,
  nextTryAt: null,
  reason: 'The mail service will not take it. Look at the address and at what the sender may do; then retry.',
  said: 'refused 550',
};

const Step = Type.Object({
  step: Type.Enum(['meeting', 'calendar_event']),
  provider: Type.String(),
  platform: Type.Union([Type.String(), Type.Null()]),
  state: Type.String({ description: 'What is believed: creating, live, deleting or gone.' }),
  attempts: Type.Integer({ description: 'Tries that failed one after the other.' }),
  nextTryAt: MaybeInstant,
  reason: Reason,
  said: Said,
});

const Fulfilment = named(
  'OpenFulfilment',
  Type.Object(
    {
      sessionId: PublicId,
      appointmentId: Type.Optional({
        ...PublicId,
        description: 'Of a group one of them; none where all have moved to other sessions.',
      }),
      wantedRevision: Type.Integer(),
      doneRevision: Type.Integer(),
      since: { ...InstantText, description: 'When what is wanted was asked for.' },
      nextTryAt: InstantText,
      inHand: Type.Boolean({ description: 'A worker is at it now.' }),
      attempts: Type.Integer({ description: 'Passes since it was asked for.' }),
      reason: Reason,
      said: Said,
      steps: Type.Array(Step),
    },
    {
      examples: [OPEN],
    },
  ),
);

const Letter = named(
  'FailedLetter',
  Type.Object(
    {
      letterId: PublicId,
      sessionId: Type.Optional({ ...PublicId, description: 'Not of an offer.' }),
      appointmentId: Type.Optional({ ...PublicId, description: 'Not of an offer.' }),
      offerId: Type.Optional(PublicId),
      recipient: Type.Enum(['client', 'practitioner']),
      kind: Type.String({ description: 'As in the delivery log of an appointment; `offer` of an offer.' }),
      revision: Type.Integer(),
      state: Type.Enum([...LETTER_STATES]),
      start: { ...InstantText, description: 'The start it tells of.' },
      attempts: Type.Integer(),
      nextTryAt: MaybeInstant,
      reason: Reason,
      said: Said,
    },
    {
      examples: [REFUSED],
    },
  ),
);

export const FulfilmentQuery = Type.Object({
  ...pageQuery,
  state: Type.Enum([...FULFILMENT_STATES], {
    default: 'failing',
    description:
      'failing: something was refused or did not come about. overdue: late, and in nobody’s hands. open: all.',
  }),
});
export const LetterQuery = Type.Object({
  ...pageQuery,
  state: Type.Enum([...LETTER_STATES], {
    default: 'refused',
    description: 'refused: will not be sent again by itself. unknown: it may have arrived.',
  }),
});
export const FulfilmentPage = named(
  'OpenFulfilmentPage',
  Type.Object(
    { fulfilments: Type.Array(Fulfilment), nextCursor: NextCursor },
    { examples: [{ fulfilments: [OPEN], nextCursor: null }] },
  ),
);
export const LetterPage = named(
  'FailedLetterPage',
  Type.Object(
    { letters: Type.Array(Letter), nextCursor: NextCursor },
    { examples: [{ letters: [REFUSED], nextCursor: null }] },
  ),
);
export const Accepted = Type.Object(
  { success: Type.Literal(true), message: Type.String() },
  { examples: [{ success: true, message: 'It is tried again now.' }] },
);

export function fulfilmentWire(row: OpenFulfilment, now: Temporal.Instant) {
  // The session's own error is that of its first step; without one it is a fault of ours.
  const said = row.steps.find(({ error }) => error !== null)?.error ?? row.error;
  return {
    sessionId: row.sessionId,
    ...(row.appointmentId === null ? {} : { appointmentId: row.appointmentId }),
    wantedRevision: row.wantedRevision,
    doneRevision: row.doneRevision,
    since: row.wantedAt.toString(),
    nextTryAt: row.dueAt.toString(),
    inHand: row.leaseUntil !== null && Temporal.Instant.compare(row.leaseUntil, now) > 0,
    attempts: row.attempts,
    reason: said === null ? null : reasonOf(said),
    said,
    steps: row.steps.map((step) => ({
      step: step.kind,
      provider: step.provider,
      platform: step.platform,
      state: step.state,
      attempts: step.attempts,
      nextTryAt: step.nextAttemptAt === null ? null : Temporal.Instant.from(step.nextAttemptAt).toString(),
      reason: step.error === null ? null : reasonOf(step.error),
      said: step.error,
    })),
  };
}

export function letterWire(row: FailedLetter) {
  return {
    letterId: row.id,
    ...(row.sessionId === null ? {} : { sessionId: row.sessionId }),
    ...(row.appointmentId === null ? {} : { appointmentId: row.appointmentId }),
    ...(row.offerId === null ? {} : { offerId: row.offerId }),
    recipient: row.recipient,
    kind: row.kind,
    revision: row.revision,
    state: row.state === 'refused' ? ('refused' as const) : ('unknown' as const),
    start: row.startsAt.toString(),
    attempts: row.attempts,
    nextTryAt: row.nextAttemptAt?.toString() ?? null,
    reason: row.error === null ? null : reasonOfLetter(row.error),
    said: row.error,
  };
}
