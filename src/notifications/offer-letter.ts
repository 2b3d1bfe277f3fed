// The letter that offers somebody a time, or a few to choose from, until a deadline: one that came free, or others instead of an
// appointment that cannot be. Names no reason.
import { cleanText } from './clean-text.ts';
import { writeHtml } from './letter-html.ts';
import { writeText } from './letter-text.ts';
import { SANDBOX_LINE, type Words } from './letter-words.ts';
import type { Mail } from './mailer.ts';
import { sayMoment, sayShort, saySpan } from './spoken-time.ts';

export type OfferFacts = {
  readonly kind: 'waitlist' | 'move';
  readonly to: { readonly name: string; readonly address: string };
  readonly practitioner: string;
  readonly practice: string;
  readonly sessionType: string;
  /** Of a move: the appointment that cannot be. */
  readonly instead: { readonly start: Temporal.Instant; readonly end: Temporal.Instant } | null;
  readonly times: readonly { readonly start: Temporal.Instant; readonly end: Temporal.Instant }[];
  readonly expiresAt: Temporal.Instant;
  /** The reader's, or that in which the times are agreed. */
  readonly zone: string;
  /** Where it is answered; null where there is no such page. */
  readonly url: string | null;
  readonly offerId: number;
  readonly sandbox: boolean;
  readonly messageId: string;
};

export function writeOfferLetter(facts: OfferFacts): Mail {
  const words = wordsOf(facts);
  const [first] = facts.times;
  const when = first ? sayShort(first.start, facts.zone) : '';
  return {
    messageId: facts.messageId,
    to: { name: cleanText(facts.to.name), address: facts.to.address },
    subject:
      facts.kind === 'waitlist'
        ? `A time has come free: ${when}`
        : `Please choose another time${facts.instead ? ` instead of ${sayShort(facts.instead.start, facts.zone)}` : ''}`,
    text: writeText(words),
    html: writeHtml(words),
    calendar: null,
    headers: {
      'X-Slotkeeper-Offer': String(facts.offerId),
      ...(facts.sandbox ? { 'X-Slotkeeper-Sandbox': 'true' } : {}),
    },
  };
}

function wordsOf(facts: OfferFacts): Words {
  const { kind, times, instead, zone, url } = facts;
  const name = cleanText(facts.to.name);
  const other = cleanText(facts.practitioner);
  const practice = cleanText(facts.practice);
  const many = times.length > 1;
  const kept = many ? 'These times are kept for you' : 'It is kept for you';
  const span = instead && saySpan(instead.start, instead.end, zone);
  return {
    heading: kind === 'waitlist' ? 'A time has come free' : 'Your appointment needs another time',
    greeting: name === '' ? 'Hello,' : `Hello ${name},`,
    opening:
      kind === 'waitlist'
        ? `A time with ${other} that you were waiting for has come free. ${kept} until the time below; then it is offered to others.`
        : `${other} cannot keep your appointment at the time below, and we are sorry. ${kept} instead: please choose${many ? ' one' : ''}, or tell us that none suits.`,
    details: [
      ...(span ? [{ label: 'Your appointment now', lines: [span.when, span.zone] }] : []),
      { label: 'Please answer by', lines: [sayMoment(facts.expiresAt, zone)] },
      ...(facts.sessionType === '' ? [] : [{ label: 'Session', lines: [cleanText(facts.sessionType)] }]),
    ],
    dates: times.map((time) => {
      const said = saySpan(time.start, time.end, zone);
      return { when: said.when, lines: [said.zone], links: [] };
    }),
    link: url === null ? null : { label: many ? 'Choose a time' : 'Take or refuse it', url, passcode: null },
    notes: url === null ? [`Please contact ${practice || 'the practice'} with your answer.`] : [],
    manage: null,
    closing: [
      ...(practice === '' ? [] : [`Questions? Please contact ${practice}.`]),
      ...(facts.sandbox ? [SANDBOX_LINE] : []),
      [practice, `Reference ${facts.offerId}`].filter((word) => word !== '').join(' · '),
    ],
  };
}
