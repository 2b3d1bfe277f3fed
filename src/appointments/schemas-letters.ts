// The wire shapes of the delivery log and of addresses that are not written to. No name and no address is in them.
import { Type, type Static } from 'typebox';
import { DELIVERIES, DELIVERY_REASONS } from '../notifications/delivery.ts';
import { LOGGED_KINDS } from '../notifications/letter.ts';
import type { MailTrouble } from '../notifications/mail-trouble.ts';
import { named } from '../platform/http/openapi.ts';
import { NextCursor } from '../platform/http/page.ts';
import { InstantText, PublicId } from '../platform/http/validation.ts';
import type { LetterLogged } from './store-letters.ts';

const LETTER_STATES = ['queued', 'sending', 'sent', 'unknown', 'superseded', 'refused', 'overtaken'] as const;
const RECIPIENTS = ['client', 'practitioner'] as const;

const Reason = Type.Enum([...DELIVERY_REASONS], {
  description:
    '`permanent`: nobody reads mail there. `transient`: a full mailbox, a server that was away. `blocked`: this mail or sender is not wanted there. `suppressed`: the mail service will not write there any more. `complaint`: the reader called it spam.',
});

export const Trouble = named(
  'MailTrouble',
  Type.Object(
    {
      kind: Type.Enum(['bounced', 'complained']),
      reason: Reason,
      since: InstantText,
    },
    {
      description: 'The address is not written to, until staff say otherwise or it changes.',
      examples: [{ kind: 'bounced', reason: 'permanent', since: '2030-06-20T18:00:04Z' }],
    },
  ),
);

/** What a host sees on an appointment. */
export const TroubleAround = Type.Object(
  { client: Type.Optional(Trouble), practitioner: Type.Optional(Trouble) },
  { description: 'For hosts alone: whose address is not written to, because mail bounced or was called spam.' },
);

export const TroubleAnswer = named(
  'MailTroubleAnswer',
  Type.Object(
    { mailTrouble: Type.Union([Trouble, Type.Null()]) },
    { examples: [{ mailTrouble: { kind: 'bounced', reason: 'permanent', since: '2030-06-20T18:00:04Z' } }] },
  ),
);

const Letter = named(
  'AppointmentLetter',
  Type.Object({
    id: PublicId,
    recipient: Type.Enum([...RECIPIENTS]),
    channel: Type.String({ description: '`email`; a later version may add others.' }),
    kind: Type.Enum([...LOGGED_KINDS], {
      description: '`link_missing`: the meeting cannot be made; told to the practitioner.',
    }),
    revision: Type.Integer({ description: 'Of the appointment it told of.' }),
    status: Type.Enum([...LETTER_STATES], {
      description:
        '`unknown`: it may have arrived. `superseded`: overtaken before it left. `refused`: the mail service will not take it, or the address is not written to. `overtaken`: it may have arrived, and a later letter tells what is true now.',
    }),
    attempts: Type.Integer(),
    sentAt: Type.Optional(InstantText),
    nextAttemptAt: Type.Optional(InstantText),
    error: Type.Optional(Type.String({ description: 'Why it was not sent, in codes.' })),
    service: Type.Optional(Type.String({ description: 'The mail service that took it.' })),
    serviceMessageId: Type.Optional(Type.String({ description: 'What that service calls it.' })),
    delivery: Type.Optional(
      Type.Enum([...DELIVERIES], {
        description: 'What the mail service told of it since, where its webhooks are set up.',
      }),
    ),
    deliveryReason: Type.Optional(Reason),
    deliveryAt: Type.Optional(InstantText),
  }),
);

export const LetterList = named(
  'AppointmentLetters',
  Type.Object(
    { letters: Type.Array(Letter), nextCursor: NextCursor },
    {
      examples: [
        {
          letters: [
            {
              id: 1007,
              recipient: 'client',
              channel: 'email',
              kind: 'confirmation',
              revision: 1,
              status: 'sent',
              attempts: 1,
              sentAt: '2030-06-20T18:00:01Z',
              delivery: 'bounced',
              deliveryReason: 'permanent',
              deliveryAt: '2030-06-20T18:00:04Z',
            },
          ],
          nextCursor: null,
        },
      ],
    },
  ),
);

export function wireTrouble({ kind, reason, since }: MailTrouble): Static<typeof Trouble> {
  return { kind, reason, since: since.toString() };
}

export function wireLetter(letter: LetterLogged): Static<typeof Letter> {
  const { id, recipient, channel, kind, revision, attempts } = letter;
  return {
    id,
    recipient,
    channel,
    kind,
    revision,
    attempts,
    status: letter.state,
    ...(letter.sentAt ? { sentAt: letter.sentAt.toString() } : {}),
    ...(letter.nextAttemptAt ? { nextAttemptAt: letter.nextAttemptAt.toString() } : {}),
    ...(letter.error === null ? {} : { error: letter.error }),
    ...(letter.service === null ? {} : { service: letter.service }),
    ...(letter.serviceId === null ? {} : { serviceMessageId: letter.serviceId }),
    ...(letter.delivery === null ? {} : { delivery: letter.delivery }),
    ...(letter.deliveryReason === null ? {} : { deliveryReason: letter.deliveryReason }),
    ...(letter.deliveryAt ? { deliveryAt: letter.deliveryAt.toString() } : {}),
  };
}
