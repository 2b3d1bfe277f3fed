// The letter that tells somebody that a connection needs her: what is wrong, what to do, and what happens meanwhile.
import { writeHtml } from '../notifications/letter-html.ts';
import { writeText } from '../notifications/letter-text.ts';
import { SANDBOX_LINE, type Words } from '../notifications/letter-words.ts';
import { cleanText } from '../notifications/clean-text.ts';
import type { Mail } from '../notifications/mailer.ts';

export type TroubleFacts = {
  readonly to: { readonly name: string; readonly address: string };
  /** Whose connection it is; the reader herself, or the one staff are told of. */
  readonly practitioner: string;
  readonly forStaff: boolean;
  readonly providerName: string;
  readonly accountAddress: string;
  /** A whole sentence. */
  readonly trouble: string;
  /** The page where accounts are connected, or null. */
  readonly page: string | null;
  readonly practice: string;
  readonly sandbox: boolean;
  readonly messageId: string;
};

export function writeTroubleLetter(facts: TroubleFacts): Mail {
  const words = wordsOf(facts);
  return {
    messageId: facts.messageId,
    to: { name: cleanText(facts.to.name), address: facts.to.address },
    subject: words.heading,
    text: writeText(words),
    html: writeHtml(words),
    calendar: null,
    headers: facts.sandbox ? { 'X-Slotkeeper-Sandbox': 'true' } : {},
  };
}

function wordsOf(facts: TroubleFacts): Words {
  const whose = facts.forStaff
    ? `The ${facts.providerName} account of ${cleanText(facts.practitioner)}`
    : `Your ${facts.providerName} account`;
  return {
    heading: `${whose} needs to be connected again`,
    greeting: `Hello ${cleanText(facts.to.name)},`,
    opening: `${whose} can no longer be used for appointments.`,
    details: [
      { label: 'Account', lines: [cleanText(facts.accountAddress)] },
      { label: 'What is wrong', lines: [facts.trouble] },
      {
        label: 'What to do',
        lines: [
          facts.forStaff
            ? 'Ask her to connect it again, or send her the link yourself; she signs in and agrees.'
            : 'Connect the account again where you connected it first, or ask the practice for the link. Sign in and agree.',
        ],
      },
      {
        label: 'Until then',
        lines: [
          'Appointments can be booked, moved and cancelled as ever. Their video links and calendar entries wait, and are made by themselves once the account is connected.',
        ],
      },
    ],
    manage: null,
    link: facts.page === null ? null : { label: 'Connect again', url: facts.page, passcode: null },
    notes: facts.sandbox ? [SANDBOX_LINE] : [],
    closing: [cleanText(facts.practice)],
  };
}
