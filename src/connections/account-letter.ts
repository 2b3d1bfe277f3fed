// The letters about an account of a practitioner's: that it needs her, with what is wrong, what to do, and what happens meanwhile;
// and that it has been connected, to whoever might not know.
import { writeHtml } from '../notifications/letter-html.ts';
import { writeText } from '../notifications/letter-text.ts';
import { SANDBOX_LINE, type Words } from '../notifications/letter-words.ts';
import { cleanText } from '../notifications/clean-text.ts';
import type { Mail } from '../notifications/mailer.ts';

type AccountFacts = {
  readonly to: { readonly name: string; readonly address: string };
  /** Whose connection it is. */
  readonly practitioner: string;
  readonly providerName: string;
  readonly accountAddress: string;
  readonly practice: string;
  readonly sandbox: boolean;
  readonly messageId: string;
};

export type TroubleFacts = AccountFacts & {
  /** Else the reader is the practitioner herself. */
  readonly forStaff: boolean;
  /** A whole sentence. */
  readonly trouble: string;
  /** The page where accounts are connected, or null. */
  readonly page: string | null;
};

export type ConnectedFacts = AccountFacts & {
  /** To the account itself, whose owner may be somebody else, or to the practitioner. */
  readonly forOwner: boolean;
  /** Whether calendar entries are made in it, too. */
  readonly hasCalendar: boolean;
  /** Where the reader ends it: the provider's own page, or that where accounts are connected; null where there is none. */
  readonly endAt: string | null;
};

export function writeTroubleLetter(facts: TroubleFacts): Mail {
  return mailOf(facts, troubleWords(facts));
}

export function writeConnectedLetter(facts: ConnectedFacts): Mail {
  return mailOf(facts, connectedWords(facts));
}

function mailOf(facts: AccountFacts, words: Words): Mail {
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

/** What all of them have in common. */
function frameOf(facts: AccountFacts): Pick<Words, 'greeting' | 'manage' | 'notes' | 'closing'> {
  const name = cleanText(facts.to.name);
  return {
    greeting: name === '' ? 'Hello,' : `Hello ${name},`,
    manage: null,
    notes: facts.sandbox ? [SANDBOX_LINE] : [],
    closing: [cleanText(facts.practice)],
  };
}

function troubleWords(facts: TroubleFacts): Words {
  const whose = facts.forStaff
    ? `The ${facts.providerName} account of ${cleanText(facts.practitioner)}`
    : `Your ${facts.providerName} account`;
  return {
    ...frameOf(facts),
    heading: `${whose} needs to be connected again`,
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
    link: facts.page === null ? null : { label: 'Connect again', url: facts.page, passcode: null },
  };
}

function connectedWords(facts: ConnectedFacts): Words {
  const { forOwner, endAt, hasCalendar, providerName } = facts;
  const practitioner = cleanText(facts.practitioner);
  const practice = cleanText(facts.practice);
  return {
    ...frameOf(facts),
    heading: forOwner
      ? `Your ${providerName} account is connected for ${practitioner}`
      : `A ${providerName} account is connected for you`,
    opening: forOwner
      ? `Somebody who was signed in to this account agreed that ${practice} may use it for the appointments of ${practitioner}.`
      : `From now on your appointments use the account below, of which ${practice} does not know that it is yours.`,
    details: [
      { label: 'Account', lines: [cleanText(facts.accountAddress)] },
      {
        label: 'Used for',
        lines: [
          `${hasCalendar ? 'Video meetings and calendar entries' : 'Video meetings'} of the appointments of ${practitioner}.`,
        ],
      },
      {
        label: forOwner ? 'If you did not agree to this' : 'If this is not your account',
        lines: [
          forOwner
            ? `Remove the access in your ${providerName} account, and tell ${practice}. If you did, there is nothing to do.`
            : `Disconnect it, or ask ${practice} to, and connect your own. If it is yours, there is nothing to do.`,
        ],
      },
    ],
    link:
      endAt === null
        ? null
        : { label: forOwner ? 'Remove the access' : 'See your accounts', url: endAt, passcode: null },
  };
}
