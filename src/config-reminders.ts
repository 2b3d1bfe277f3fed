// What the settings say about reminders, for everyone who says nothing else, and about the account that sends them by SMS.
import type { SettingReader } from './config-reader.ts';
import { CHANNELS, LEAD_MINUTES, MOST_LEADS, ordered, type Reminders } from './notifications/reminder.ts';
import type { Secret } from './platform/secret.ts';

export type SmsAccount = { readonly accountSid: string; readonly authToken: Secret; readonly from: string };

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

/** The account whole, or a warning that names what is missing where anything of it is set or SMS is asked for. */
export function readSms(read: SettingReader, sandbox: boolean): SmsAccount | null {
  const accountSid = read.given('TWILIO_ACCOUNT_SID');
  const authToken = read.secret('TWILIO_AUTH_TOKEN');
  const from = read.given('TWILIO_FROM');
  if (accountSid !== undefined && !/^AC[\da-f]{32}$/i.test(accountSid)) {
    read.mistakes.push('TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits.');
  }
  if (from !== undefined && !/^(\+[1-9]\d{6,14}|MG[\da-f]{32}|[A-Za-z0-9 ]{1,11})$/i.test(from)) {
    read.mistakes.push(
      'TWILIO_FROM must be a number such as +15551234567, a messaging service (MG...), or up to 11 letters and digits.',
    );
  }
  if (accountSid && authToken && from) return { accountSid, authToken, from };
  const named = { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from };
  const absent = Object.entries(named).flatMap(([name, value]) => (value ? [] : [name]));
  const wanted = absent.length < 3 || read.text('REMINDER_CHANNELS').toLowerCase().includes('sms');
  if (wanted && !sandbox) {
    read.warnings.push(`No SMS is sent, reminders go by e-mail: ${absent.join(', ')} not set.`);
  }
  return null;
}
