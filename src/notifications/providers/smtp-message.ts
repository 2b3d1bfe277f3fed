// Turns a Mail into what nodemailer sends: text, HTML and calendar as alternatives of one message, the calendar as a file too.
import type { SendMailOptions } from 'nodemailer';
import type { Mail } from '../mailer.ts';

/** RFC 5322, 2.1.1 allows a line 998 characters; a header value of ours is a short word or number. */
const MAX_HEADER_CHARACTERS = 500;

/** Ours to set from the mail's own fields, so no further header may stand in for them. */
const OWN_HEADERS =
  /^(from|to|cc|bcc|sender|reply-to|subject|date|message-id|in-reply-to|references|mime-version|content-.*|auto-submitted)$/i;

/** What nodemailer would otherwise mend by guessing. Quoted local parts are not taken: hardly a server does. */
const ADDRESS = /^[^\s\p{Cc}<>()[\],;:\\"]+@[^\s\p{Cc}<>(),;:\\"@]+$/u;
/** RFC 5321, 4.5.3.1: 64 for the local part, 255 for the domain. */
const MAX_ADDRESS_CHARACTERS = 320;

/** Whether a letter can be addressed to it at all; whether anybody reads it there, only a server knows. */
export function isAddress(address: string): boolean {
  return address.length <= MAX_ADDRESS_CHARACTERS && ADDRESS.test(address);
}

/** Throws a plain Error for a header name or Message-ID that no caller of ours should ever make. */
export function toMessage(mail: Mail, from: { readonly name: string; readonly address: string }): SendMailOptions {
  return {
    messageId: angledId(mail),
    from: { name: from.name, address: from.address },
    to: { name: mail.to.name, address: mail.to.address },
    // Said once more by itself, so that nothing in a name or address can add a recipient.
    envelope: { from: from.address, to: [mail.to.address] },
    subject: oneLine(mail.subject),
    text: mail.text,
    html: mail.html,
    headers: checkHeaders(mail.headers),
    ...(mail.calendar === null
      ? {}
      : { icalEvent: { method: mail.calendar.method, filename: 'invite.ics', content: mail.calendar.ics } }),
    xMailer: false,
  };
}

/** Throws a plain Error for what is no Message-ID. */
export function angledId({ messageId }: Mail): string {
  if (!/^[^\s<>@]+@[^\s<>@]+$/.test(messageId)) throw new Error('not a Message-ID (RFC 5322, 3.6.4)');
  return `<${messageId}>`;
}

/** Throws a plain Error for a header that no caller of ours should ever make. */
export function checkHeaders(headers: Mail['headers']): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    // RFC 5322, 3.6.8: printable ASCII but the colon.
    if (!/^[!-9;-~]+$/.test(name) || OWN_HEADERS.test(name)) throw new Error(`not a header to add: ${name}`);
    checked[name] = oneLine(value).slice(0, MAX_HEADER_CHARACTERS);
  }
  // RFC 3834, 5: nobody's out-of-office answers it.
  return { ...checked, 'Auto-Submitted': 'auto-generated' };
}

// nodemailer folds and encodes; it must only never see a line break. `=?` begins an encoded word (RFC 2047), which a
// reader would decode though nobody encoded it: parted, it is read as written.
export function oneLine(value: string): string {
  return value
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('=?', '= ?')
    .trim();
}
