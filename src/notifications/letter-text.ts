// Sets the words of a letter as plain text: for readers without HTML, for screen readers that prefer it, for the log of a mail
// archive. Lines are not wrapped; the mail's encoding takes care of long ones.
import type { DateWords, Words } from './letter-words.ts';

export function writeText(words: Words): string {
  const blocks = [words.greeting, words.opening, words.details.map(detailText).join('\n')];
  blocks.push(...(words.dates ?? []).map(dateText));
  if (words.link !== null) {
    const passcode = words.link.passcode === null ? '' : `\nPasscode: ${words.link.passcode}`;
    blocks.push(`${words.link.label}:\n${words.link.url}${passcode}`);
  }
  blocks.push(...words.notes);
  if (words.manage !== null) blocks.push(`${words.manage.label}:\n${words.manage.url}`);
  blocks.push(...words.closing.slice(0, -1));
  // RFC 3676, 4.3: `-- ` begins the signature.
  return `${blocks.join('\n\n')}\n\n-- \n${words.closing.at(-1) ?? ''}\n`;
}

function detailText({ label, lines }: Words['details'][number]): string {
  const [first = '', ...rest] = lines;
  return [`${label}: ${first}`, ...rest.map((line) => `  ${line}`)].join('\n');
}

function dateText({ when, lines, links }: DateWords, i: number): string {
  return [`${i + 1}. ${when}`, ...lines.map((line) => `   ${line}`), ...links.map(linkText)].join('\n');
}

function linkText({ label, url }: DateWords['links'][number]): string {
  return `   ${label}:\n   ${url}`;
}
