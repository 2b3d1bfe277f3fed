// Which settings of reminders may be kept; the same for a practitioner and a session type. What they mean is told in
// notifications/reminder.ts.
import { LEAD_MINUTES, MOST_LEADS, type Reminders } from '../notifications/reminder.ts';
import type { FieldFault } from '../platform/refusal.ts';

export function remindersFaults(reminders: Reminders | null): FieldFault[] {
  if (reminders === null) return [];
  const { leadMinutes, channels, practitioner } = reminders;
  const { minimum, maximum } = LEAD_MINUTES;
  const faults: FieldFault[] = [];
  if (leadMinutes.length > MOST_LEADS) {
    faults.push({ pointer: '/reminders/leadMinutes', message: `must have at most ${MOST_LEADS}` });
  }
  leadMinutes.forEach((lead, index) => {
    if (Number.isInteger(lead) && lead >= minimum && lead <= maximum) return;
    const message = `must be a whole number from ${minimum} to ${maximum}`;
    faults.push({ pointer: `/reminders/leadMinutes/${index}`, message });
  });
  if (leadMinutes.length > 0 && channels.length === 0 && !practitioner) {
    faults.push({ pointer: '/reminders/channels', message: 'must name a channel, or `leadMinutes` be empty' });
  }
  return faults;
}
