// Writes the source of a mail as a mail service would put it together (RFC 5322, RFC 2046): alternatives first, files after
// them, every part in base64. A letter that came by API is read in the mailbox like one that came by SMTP.
import { createHash } from 'node:crypto';
import type { Address } from '../mailbox.ts';

export type Part = { readonly type: string; readonly content: Buffer; readonly filename?: string };

export type Draft = {
  readonly messageId: string;
  readonly from: Address;
  readonly to: readonly Address[];
  readonly subject: string;
  /** In the order of their plainness. */
  readonly alternatives: readonly Part[];
  readonly files: readonly Part[];
  readonly headers: Readonly<Record<string, string>>;
  readonly date: Temporal.Instant;
};

/** RFC 2045, 6.8. */
const BASE64_LINE = /.{1,76}/g;
/** An encoded word has at most 75 characters (RFC 2047, 2); so many bytes in base64 and its frame stay below. */
const WORD_BYTES = 42;

export function writeSource(draft: Draft): string {
  const boundary = createHash('sha256').update(draft.messageId).digest('hex').slice(0, 24);
  const alternatives = multipart('alternative', `${boundary}a`, draft.alternatives.map(partLines));
  const body =
    draft.files.length === 0
      ? alternatives
      : multipart('mixed', `${boundary}m`, [alternatives, ...draft.files.map(partLines)]);
  const headers = [
    `From: ${person(draft.from)}`,
    `To: ${draft.to.map(person).join(', ')}`,
    `Subject: ${word(draft.subject)}`,
    `Date: ${sayDate(draft.date)}`,
    `Message-ID: ${draft.messageId}`,
    ...Object.entries(draft.headers)
      .filter(([name]) => !/^message-id$/i.test(name))
      .map(([name, value]) => `${name}: ${word(value)}`),
    'MIME-Version: 1.0',
  ];
  return [...headers, ...body, ''].join('\r\n');
}

/** Its headers, an empty line, its content. */
function partLines({ type, content, filename }: Part): string[] {
  const named = filename === undefined ? '' : `; name="${filename}"`;
  return [
    `Content-Type: ${type}${type.startsWith('text/') && !/charset/i.test(type) ? '; charset=utf-8' : ''}${named}`,
    'Content-Transfer-Encoding: base64',
    ...(filename === undefined ? [] : [`Content-Disposition: attachment; filename="${filename}"`]),
    '',
    ...(content.toString('base64').match(BASE64_LINE) ?? []),
  ];
}

function multipart(kind: string, boundary: string, parts: readonly string[][]): string[] {
  return [
    `Content-Type: multipart/${kind}; boundary="${boundary}"`,
    '',
    ...parts.flatMap((lines) => [`--${boundary}`, ...lines]),
    `--${boundary}--`,
  ];
}

function person({ name, address }: Address): string {
  if (name === '') return address;
  return /^[\x20-\x7e]*$/.test(name)
    ? `"${name.replace(/["\\]/g, '\\$&')}" <${address}>`
    : `${word(name)} <${address}>`;
}

/** As it is where it is ASCII, else as encoded words of whole characters (RFC 2047, 5). */
function word(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const words: string[] = [];
  let bytes = Buffer.alloc(0);
  for (const character of text) {
    const next = Buffer.from(character);
    if (bytes.length + next.length > WORD_BYTES) {
      words.push(bytes.toString('base64'));
      bytes = Buffer.alloc(0);
    }
    bytes = Buffer.concat([bytes, next]);
  }
  return [...words, bytes.toString('base64')].map((one) => `=?UTF-8?B?${one}?=`).join('\r\n ');
}

const WEEKDAY = new Intl.DateTimeFormat('en-US', { weekday: 'short', timeZone: 'UTC' });
const MONTH = new Intl.DateTimeFormat('en-US', { month: 'short', timeZone: 'UTC' });

function sayDate(at: Temporal.Instant): string {
  const utc = at.toZonedDateTimeISO('UTC');
  const clock = utc.toPlainTime().toString({ smallestUnit: 'second' });
  return `${WEEKDAY.format(at.epochMilliseconds)}, ${utc.day} ${MONTH.format(at.epochMilliseconds)} ${utc.year} ${clock} +0000`;
}
