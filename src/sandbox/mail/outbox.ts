// What the emulated mail services share: a letter taken goes into the one mailbox, and what its sender hung on it is kept,
// since it comes back in the service's events.
import type { Answer, Json, World } from '../endpoint.ts';
import type { Address, Letter } from '../mailbox.ts';
import { isAddress } from '../people.ts';
import { writeSource, type Draft } from './write-source.ts';

export const MAIL_SERVICES = ['resend', 'postmark', 'sendgrid'] as const;
export type MailServiceName = (typeof MAIL_SERVICES)[number];

/** A letter as its service remembers it. `hung`: tags, metadata or custom arguments, as they were given. */
export type Taken = {
  readonly service: MailServiceName;
  readonly id: string;
  readonly from: string;
  readonly to: readonly Address[];
  readonly subject: string;
  readonly takenAt: string;
  readonly messageId: string;
  readonly hung: Json;
};

export function takenLetters(world: Pick<World, 'state'>) {
  return world.state.drawer<Taken>('mail-taken');
}

/** Stores the letter in the mailbox under the service's id, and what is to be remembered of it. */
export function take(
  world: World,
  service: MailServiceName,
  id: string,
  draft: Omit<Draft, 'date'>,
  hung: Json,
  tags: readonly string[] = [],
): void {
  const now = world.clock.now();
  const at = now.epochMilliseconds;
  const letter = letterOf(id, { ...draft, date: now });
  const shared = { id, owner: draft.to[0]?.address ?? '', live: true, starts: at, ends: at };
  world.state.drawer<Letter>('mail').put({ ...shared, tags: [], body: letter });
  takenLetters(world).put({
    ...shared,
    tags,
    body: {
      service,
      id,
      from: draft.from.address,
      to: draft.to,
      subject: draft.subject,
      takenAt: now.toString(),
      messageId: draft.messageId,
      hung,
    },
  });
}

function letterOf(id: string, draft: Draft): Letter {
  const textOf = (type: RegExp): string | null =>
    draft.alternatives.find((part) => type.test(part.type))?.content.toString('utf8') ?? null;
  const calendar = [...draft.alternatives, ...draft.files].find(({ type }) =>
    /^(text\/calendar|application\/ics)/.test(type),
  );
  return {
    id,
    receivedAt: draft.date.toString({ smallestUnit: 'millisecond' }),
    envelope: { from: draft.from.address, to: draft.to.map(({ address }) => address) },
    from: draft.from,
    to: draft.to,
    cc: [],
    replyTo: [],
    subject: draft.subject,
    messageId: draft.messageId,
    text: textOf(/^text\/plain/),
    html: textOf(/^text\/html/),
    ical: calendar?.content.toString('utf8') ?? null,
    headers: Object.fromEntries(Object.entries(draft.headers).map(([name, value]) => [name.toLowerCase(), value])),
    attachments: draft.files.map(({ type, content, filename }) => ({
      filename: filename ?? null,
      contentType: type.split(';')[0] ?? type,
      size: content.length,
      ...(/^(text\/|application\/ics)/.test(type) ? { text: content.toString('utf8') } : {}),
    })),
    raw: writeSource(draft),
  };
}

/** `a@b.example`, `Name <a@b.example>` or `"Na, me" <a@b.example>`; undefined for anything else. */
export function readAddress(text: unknown): Address | undefined {
  if (typeof text !== 'string') return undefined;
  const found = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^"<>]*?))\s*<([^<>]+)>\s*$/.exec(text);
  const address = found?.[3] ?? text.trim();
  const name = found?.[1]?.replaceAll(/\\(.)/g, '$1') ?? found?.[2] ?? '';
  return isAddress(address) ? { name, address } : undefined;
}

/** The address in lower case, or nothing. */
export function lowerAddress(text: unknown): string[] {
  const found = readAddress(text);
  return found ? [found.address.toLowerCase()] : [];
}

/** The same for a sender: one that has set none writes from localhost, which no real service would take. */
export function readSender(text: unknown): Address | undefined {
  const found =
    typeof text === 'string' ? readAddress(text.replace(/@localhost(?=>?$)/, '@localhost.invalid')) : undefined;
  return found && { ...found, address: found.address.replace(/@localhost\.invalid$/, '@localhost') };
}

/** The bytes of a base64 text; undefined where it is none. */
export function fromBase64(text: unknown): Buffer | undefined {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}

export function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}
