// When and how clients are reminded, on the wire.
import { Type, type Static } from 'typebox';
import { CHANNELS, LEAD_MINUTES, MOST_LEADS, type Reminders as RemindersSet } from '../notifications/reminder.ts';
import { named } from '../platform/http/openapi.ts';

const Reminders = named(
  'Reminders',
  Type.Object(
    {
      leadMinutes: Type.Array(Type.Integer(LEAD_MINUTES), {
        maxItems: MOST_LEADS,
        description: 'How long before the start, in elapsed minutes. None: no reminders.',
      }),
      channels: Type.Array(Type.Enum([...CHANNELS]), {
        maxItems: CHANNELS.length,
        uniqueItems: true,
        description: 'How the client is told. Without a number, or where SMS is not set up, `sms` means `email`.',
      }),
      practitioner: Type.Boolean({ description: 'Whether the practitioner is reminded too, by e-mail.' }),
    },
    { additionalProperties: false, examples: [{ leadMinutes: [1440, 60], channels: ['email'], practitioner: false }] },
  ),
);
/** null takes it back: what holds one step up holds again. */
export const MaybeReminders = (otherwise: string) =>
  Type.Union([Reminders, Type.Null()], {
    description: `When and how clients are reminded. \`null\`: ${otherwise}.`,
  });

export function remindersWire(reminders: RemindersSet | null): Static<typeof Reminders> | null {
  return reminders && { ...reminders, leadMinutes: [...reminders.leadMinutes], channels: [...reminders.channels] };
}
