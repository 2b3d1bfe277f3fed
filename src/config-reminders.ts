// What the settings say about reminders, for everyone who says nothing else.
import type { SettingReader } from './config-reader.ts';
import { CHANNELS, LEAD_MINUTES, MOST_LEADS, ordered, type Reminders } from './notifications/reminder.ts';

export function readReminders(read: SettingReader): Reminders {
  return ordered({
    leadMinutes: readLeads(read),
    channels: readChannels(read),
    practitioner: read.flag('REMIND_PRACTITIONERS') === true,
  });
}

function readLeads(read: SettingReader): number[] {
  const text = read.text('REMINDERS').toLowerCase();
  if (text === 'none') return [];
  const { minimum, maximum } = LEAD_MINUTES;
  const leads = text.split(',').map((lead) => lead.trim());
  const minutes = leads.map((lead) => (/^\d{1,6}$/.test(lead) ? Number(lead) : NaN));
  if (leads.length <= MOST_LEADS && minutes.every((lead) => lead >= minimum && lead <= maximum)) return minutes;
  read.mistakes.push(
    `REMINDERS must be up to ${MOST_LEADS} numbers of minutes from ${minimum} to ${maximum}, by comma, or none; it is ` +
      `${JSON.stringify(read.text('REMINDERS'))}.`,
  );
  return [];
}

function readChannels(read: SettingReader): Reminders['channels'] {
  const named = read
    .text('REMINDER_CHANNELS')
    .toLowerCase()
    .split(',')
    .map((channel) => channel.trim());
  const known = CHANNELS.filter((channel) => named.includes(channel));
  if (known.length === named.length) return known;
  read.mistakes.push(
    `REMINDER_CHANNELS must be email, sms or email,sms; it is ${JSON.stringify(read.text('REMINDER_CHANNELS'))}.`,
  );
  return known;
}
