// Words a reminder for a phone: one message where it can be, nothing that a stranger reading over a shoulder may not know.
// Names the practitioner and the time alone; no practice, no session type, no link.
import { cleanText } from './clean-text.ts';
import { sayShort } from './spoken-time.ts';

/** GSM 03.38, 6.2.1: the default alphabet; what follows the bar is in its extension table and counts twice. */
const ONCE = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const TWICE = new Set('^{}\\[~]|€');
/** One message: 160 septets, or 70 UCS-2 units where a letter is not in that alphabet (GSM 03.40, 9.2.3.24). */
const ONE_MESSAGE = { septets: 160, units: 70 } as const;

export type TextFacts = {
  readonly practitioner: string;
  readonly start: Temporal.Instant;
  /** The reader's, or where it is not known the one in which the time was agreed. */
  readonly zone: string;
  readonly sandbox: boolean;
};

/** The fullest wording that fits into one message, else the shortest. */
export function writeReminderText({ practitioner, start, zone, sandbox }: TextFacts): string {
  const when = `${sayShort(start, zone)} (${zone})`;
  const opening = sandbox ? 'Sandbox reminder' : 'Reminder';
  const name = folded(cleanText(practitioner));
  const plain = `${opening}: your appointment, ${when}`;
  const full = name === '' ? plain : `${opening}: your appointment with ${name}, ${when}`;
  return fits(full) ? full : plain;
}

/** Accents that would cost half the message are taken off; other scripts are left as they are: a name is a name. */
function folded(name: string): string {
  if (septetsOf(name) !== null) return name;
  const bare = name
    .normalize('NFC')
    .replace(/[‘’]/g, "'")
    .replace(/[–—]/g, '-')
    .replace(/\P{ASCII}/gu, (letter) =>
      septetsOf(letter) === null ? letter.normalize('NFD').replace(/\p{M}/gu, '') : letter,
    );
  return septetsOf(bare) === null ? name : bare;
}

function fits(text: string): boolean {
  const septets = septetsOf(text);
  return septets === null ? text.length <= ONE_MESSAGE.units : septets <= ONE_MESSAGE.septets;
}

/** null: not in the alphabet. */
function septetsOf(text: string): number | null {
  let septets = 0;
  for (const letter of text) {
    if (ONCE.has(letter)) septets += 1;
    else if (TWICE.has(letter)) septets += 2;
    else return null;
  }
  return septets;
}
