// Sets the words of a letter as HTML for mail clients: one column, no tables, no outside resource, no colours of its own but
// the button's, so that light and dark readers both get theirs. Every value is escaped here.
import { escapeHtml } from '../platform/escape-html.ts';
import type { DateWords, Words } from './letter-words.ts';

const BODY =
  'margin:0;padding:24px 16px;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif';
const COLUMN = 'max-width:560px;margin:0 auto;overflow-wrap:anywhere';
const HEADING = 'font-size:22px;line-height:1.3;margin:0 0 16px';
const TERM = 'margin:12px 0 0;font-size:14px;font-weight:600';
const VALUE = 'margin:0';
// White on this blue has a contrast of 6.6 to 1 (WCAG 2.2, 1.4.3 asks for 4.5), on a light page as on a dark one.
const BUTTON =
  'display:inline-block;padding:12px 20px;border-radius:8px;background:#1a5fb4;color:#ffffff;font-weight:600;text-decoration:none';
const SMALL = 'font-size:14px;margin:12px 0 0';

export function writeHtml(words: Words): string {
  const details = words.details
    .map(
      ({ label, lines }) =>
        `<dt style="${TERM}">${escapeHtml(label)}</dt>\n<dd style="${VALUE}" dir="auto">${lines.map(escapeHtml).join('<br>')}</dd>`,
    )
    .join('\n');
  return `<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(words.heading)}</title>
</head>
<body style="${BODY}">
<main style="${COLUMN}">
<h1 style="${HEADING}">${escapeHtml(words.heading)}</h1>
<p dir="auto">${escapeHtml(words.greeting)}</p>
<p dir="auto">${escapeHtml(words.opening)}</p>
<dl style="margin:0 0 20px">
${details}
</dl>
${[...datesHtml(words.dates ?? []), ...linkHtml(words.link), ...words.notes.map((note) => `<p dir="auto">${escapeHtml(note)}</p>`), ...manageHtml(words.manage)].join('\n')}
<hr style="border:0;border-top:1px solid #8886;margin:24px 0 12px">
${words.closing.map((line) => `<p style="${SMALL}" dir="auto">${escapeHtml(line)}</p>`).join('\n')}
</main>
</body>
</html>
`;
}

function datesHtml(dates: readonly DateWords[]): string[] {
  if (dates.length === 0) return [];
  const items = dates.map(({ when, lines, links }) => {
    const said = [`<strong>${escapeHtml(when)}</strong>`, ...lines.map(escapeHtml)].join('<br>');
    const ways = links.map(({ label, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`).join(' · ');
    return `<li style="margin:0 0 16px" dir="auto">${said}${ways === '' ? '' : `<br>${ways}`}</li>`;
  });
  return [`<ol style="padding-left:24px">`, ...items, '</ol>'];
}

// The address is shown as well as linked: a reader may want to see where it leads, or type it elsewhere.
function linkHtml(link: Words['link']): string[] {
  if (link === null) return [];
  const url = escapeHtml(link.url);
  const lines = [
    `<p><a href="${url}" style="${BUTTON}">${escapeHtml(link.label)}</a></p>`,
    `<p style="${SMALL}"><a href="${url}" style="color:inherit">${url}</a></p>`,
  ];
  if (link.passcode !== null) lines.push(`<p>Passcode: <strong>${escapeHtml(link.passcode)}</strong></p>`);
  return lines;
}

// By its words alone: the address is long, and the text part shows it.
function manageHtml(manage: Words['manage']): string[] {
  return manage === null ? [] : [`<p><a href="${escapeHtml(manage.url)}">${escapeHtml(manage.label)}</a></p>`];
}
