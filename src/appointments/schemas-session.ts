// How an appointment is held, on the wire: for how long, how, with what, and with how many seats.
import { Type, type Static } from 'typebox';
import { PLATFORMS } from '../meetings/provider.ts';
import { EmailText, PhoneText, plainText, PublicId } from '../platform/http/validation.ts';
import { RESOURCE_KINDS } from '../practitioners/resource.ts';
import { LENGTH_MINUTES, MODES } from '../practitioners/session-type.ts';
import type { AppointmentRead, AppointmentSeen } from './find-appointment.ts';

export const DurationAsked = Type.Optional(
  Type.Integer({ ...LENGTH_MINUTES, description: 'Of the lengths the session type is held at; its own without one.' }),
);
export const ModeAsked = Type.Optional(
  Type.Enum([...MODES], { description: 'Of the ways it is held. A video meeting is `online`, said or not.' }),
);

/** Of an appointment, wherever it is shown. */
export const sessionFields = {
  mode: Type.Optional(Type.Enum([...MODES], { description: 'As it was said at booking.' })),
  capacity: Type.Optional(
    Type.Integer({ description: 'Of a group: the seats of its session, of which this appointment is one.' }),
  ),
};

/** Of one appointment, asked about alone. */
export const oneSessionFields = {
  resources: Type.Optional(
    Type.Array(Type.Object({ id: PublicId, kind: Type.Enum([...RESOURCE_KINDS]), name: Type.String() }), {
      description: 'What its session has been given. Hosts of video meetings are shown to those who run it.',
    }),
  ),
  seats: Type.Optional(
    Type.Object(
      { taken: Type.Integer(), appointmentIds: Type.Array(PublicId) },
      { description: 'Of a group, for those who run it: whose seats are taken.' },
    ),
  ),
};

type Shown = { [Name in keyof typeof sessionFields]?: Static<(typeof sessionFields)[Name]> };
type ShownOfOne = { [Name in keyof typeof oneSessionFields]?: Static<(typeof oneSessionFields)[Name]> };

export function wireSession({ mode, capacity }: AppointmentSeen['appointment']): Shown {
  return { ...(mode ? { mode } : {}), ...(capacity > 1 ? { capacity } : {}) };
}

export function wireSessionOfOne({ resources, forHost }: AppointmentRead): ShownOfOne {
  const seats = forHost?.seats;
  return {
    ...(resources.length > 0 ? { resources: [...resources] } : {}),
    ...(seats ? { seats: { taken: seats.length, appointmentIds: [...seats] } } : {}),
  };
}

/** Whom a booking is for, and where they meet: of one appointment as of a series. */
export const forWhom = {
  userEmail: EmailText,
  userName: Type.Optional({
    ...plainText(200),
    description: 'May be left out where the token of a client says how she is called.',
  }),
  userPhone: Type.Optional(
    Type.Union([PhoneText, Type.Null()], {
      description: 'Kept for reminders by SMS, in E.164. `null` takes it back; left out, it stays as it is.',
    }),
  ),
  videoMeetingConfig: Type.Optional(
    Type.Object(
      {
        platform: Type.Enum([...PLATFORMS]),
        hostEmail: Type.Optional({ ...EmailText, description: 'If given, must be the practitioner’s.' }),
      },
      { additionalProperties: false },
    ),
  ),
};
