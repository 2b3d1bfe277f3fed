// An event as Exchange keeps it: which properties a body may name, what becomes of a Teams link when the body or the
// online flag changes, and how the event is shown.
import { randomBytes } from 'node:crypto';
import { isJson, textOr, type Json, type World } from '../endpoint.ts';
import type { Drawer, Kept } from '../state.ts';
import { refuse } from './errors.ts';
import { ianaZone, momentOf, pointShown, stamp, type Preferred } from './time.ts';
import type { Person } from './tokens.ts';

export type Teams = { readonly thread: string; readonly conferenceId: string };

export type MicrosoftEvent = {
  /** The immutable one. */
  readonly id: string;
  /** The plain one, where a move has made it another. */
  readonly plainId?: string;
  readonly owner: Person;
  readonly iCalUId: string;
  readonly created: number;
  readonly modified: number;
  readonly version: number;
  /** Writable properties as last given. */
  readonly fields: Json;
  readonly transactionId: string | null;
  readonly teams: Teams | null;
  /** For how many readings the Teams link is still missing; absent: it is there. */
  readonly linkAfterReads?: number;
};

const WRITABLE = [
  'categories',
  'allowNewTimeProposals',
  'attendees',
  'body',
  'end',
  'hideAttendees',
  'importance',
  'isAllDay',
  'isOnlineMeeting',
  'isReminderOn',
  'location',
  'locations',
  'onlineMeetingProvider',
  'recurrence',
  'reminderMinutesBeforeStart',
  'responseRequested',
  'sensitivity',
  'showAs',
  'start',
  'subject',
  'singleValueExtendedProperties',
];
/** Known to the type, so not refused, but not for callers to set. */
const IGNORED = [
  '@odata.type',
  'id',
  'bodyPreview',
  'changeKey',
  'createdDateTime',
  'lastModifiedDateTime',
  'hasAttachments',
  'iCalUId',
  'isCancelled',
  'isDraft',
  'isOrganizer',
  'onlineMeeting',
  'onlineMeetingUrl',
  'organizer',
  'originalEndTimeZone',
  'originalStart',
  'originalStartTimeZone',
  'responseStatus',
  'seriesMasterId',
  'type',
  'webLink',
  'extensions',
  'transactionId',
  'cancelledOccurrences',
];
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  importance: ['low', 'normal', 'high'],
  sensitivity: ['normal', 'personal', 'private', 'confidential'],
  showAs: ['free', 'tentative', 'busy', 'oof', 'workingElsewhere', 'unknown'],
  onlineMeetingProvider: ['unknown', 'skypeForBusiness', 'skypeForConsumer', 'teamsForBusiness'],
};
const PREVIEW = 255;

/** The writable part of a body. Throws for properties that the type does not have. */
export function fieldsOf(body: Json): Json {
  for (const name of Object.keys(body))
    if (!WRITABLE.includes(name) && !IGNORED.includes(name))
      throw refuse(
        400,
        'RequestBodyRead',
        `The property '${name}' does not exist on type 'microsoft.graph.event'. Make sure to only use property names that are defined by the type or mark the type as open type.`,
      );
  for (const [name, allowed] of Object.entries(CHOICES)) {
    const value = body[name];
    if (value !== undefined && value !== null && !allowed.some((one) => one === value))
      throw refuse(
        400,
        'RequestBodyRead',
        `The value '${textOr(value, typeof value)}' is not valid for property '${name}'.`,
      );
  }
  return Object.fromEntries(WRITABLE.filter((name) => body[name] !== undefined).map((name) => [name, body[name]]));
}

export function stretchOf(fields: Json): { starts: number; ends: number } {
  const starts = momentOf(fields['start'], 'start');
  const ends = momentOf(fields['end'], 'end');
  if (ends < starts) throw refuse(400, 'ErrorPropertyValidationFailure', 'At least one property failed validation.');
  for (const attendee of Array.isArray(fields['attendees']) ? fields['attendees'] : []) {
    const address =
      isJson(attendee) && isJson(attendee['emailAddress']) ? attendee['emailAddress']['address'] : undefined;
    if (typeof address !== 'string')
      throw refuse(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.');
  }
  return { starts, ends };
}

/**
 * A link is made when first asked for, stays although the flag goes back, and is lost when a new body drops its block; a block
 * that has not come yet cannot be dropped.
 */
export function teamsAfter(world: World, event: Pick<MicrosoftEvent, 'teams' | 'linkAfterReads'>, given: Json) {
  const before = event.teams;
  if (event.linkAfterReads) return before;
  if (!before) return given['isOnlineMeeting'] === true ? newTeams() : null;
  const content = isJson(given['body']) ? given['body']['content'] : undefined;
  return typeof content === 'string' && !content.includes(joinUrl(world, before.thread)) ? null : before;
}

export function newTeams(): Teams {
  return {
    thread: `19:meeting_${randomBytes(24).toString('hex')}@thread.v2`,
    conferenceId: String(randomBytes(4).readUInt32BE()),
  };
}

/** A link that is missing comes nearer with each look; the event stays the version it is. */
export function countReading(events: Drawer<MicrosoftEvent>, kept: Kept<MicrosoftEvent>): void {
  const { linkAfterReads = 0, ...rest } = kept.body;
  if (linkAfterReads === 0) return;
  const body = linkAfterReads === 1 ? rest : { ...rest, linkAfterReads: linkAfterReads - 1 };
  events.put({ ...kept, body });
}

export function joinUrl(world: World, thread: string): string {
  const { tenantId } = world.credentials().microsoft;
  return `${world.url()}/microsoft/l/meetup-join/${encodeURIComponent(thread)}/0?context=${encodeURIComponent(JSON.stringify({ Tid: tenantId }))}`;
}

/** Extended properties and thread, by which $filter and the local page find an event. */
export function tagsOf(event: MicrosoftEvent): string[] {
  const properties = event.fields['singleValueExtendedProperties'];
  return [
    ...(Array.isArray(properties)
      ? properties.filter(isJson).map((one) => propertyTag(String(one['id']), String(one['value'])))
      : []),
    ...(event.teams ? [`thread:${event.teams.thread}`] : []),
    ...(event.transactionId === null ? [] : [`transaction:${event.transactionId}`]),
    ...(event.plainId === undefined ? [] : [plainIdTag(event.plainId)]),
  ];
}

export function plainIdTag(id: string): string {
  return `plain:${id}`;
}

export function propertyTag(id: string, value: string): string {
  return `property:${id.toLowerCase()}=${value}`;
}

export function etagOf(event: MicrosoftEvent): string {
  return `W/"${changeKeyOf(event)}"`;
}

export function shown(
  world: World,
  event: MicrosoftEvent,
  stretch: { starts: number; ends: number },
  preferred: Preferred,
): Json {
  const { fields, owner } = event;
  const id = preferred.immutableIds ? event.id : (event.plainId ?? event.id);
  const teams = event.linkAfterReads ? null : event.teams;
  const { singleValueExtendedProperties: _expandedOnly, ...plain } = fields;
  const body = bodyShown(world, fields['body'], teams);
  const organizer = { emailAddress: { name: owner.name, address: owner.address } };
  return {
    '@odata.etag': etagOf(event),
    id,
    createdDateTime: stamp(event.created),
    lastModifiedDateTime: stamp(event.modified),
    changeKey: changeKeyOf(event),
    categories: [],
    subject: '',
    importance: 'normal',
    sensitivity: 'normal',
    showAs: 'busy',
    isAllDay: false,
    isReminderOn: true,
    reminderMinutesBeforeStart: 15,
    responseRequested: true,
    allowNewTimeProposals: true,
    hideAttendees: false,
    recurrence: null,
    ...plain,
    transactionId: event.transactionId,
    originalStartTimeZone: zoneName(fields['start']),
    originalEndTimeZone: zoneName(fields['end']),
    iCalUId: event.iCalUId,
    hasAttachments: false,
    bodyPreview: body.content
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, PREVIEW),
    isCancelled: false,
    isOrganizer: true,
    isDraft: false,
    seriesMasterId: null,
    type: 'singleInstance',
    webLink: `${world.url()}/microsoft/owa/?itemid=${encodeURIComponent(event.id)}`,
    onlineMeetingUrl: null,
    isOnlineMeeting: event.teams !== null,
    onlineMeetingProvider: event.teams ? 'teamsForBusiness' : 'unknown',
    responseStatus: { response: 'organizer', time: '0001-01-01T00:00:00Z' },
    body,
    start: pointShown(stretch.starts, preferred),
    end: pointShown(stretch.ends, preferred),
    location: isJson(fields['location']) ? fields['location'] : { displayName: '' },
    locations: Array.isArray(fields['locations'])
      ? fields['locations']
      : isJson(fields['location'])
        ? [fields['location']]
        : [],
    attendees: attendeesShown(fields['attendees']),
    organizer,
    onlineMeeting: teams ? { joinUrl: joinUrl(world, teams.thread), conferenceId: teams.conferenceId } : null,
  };
}

function attendeesShown(given: unknown): Json[] {
  const none = { response: 'none', time: '0001-01-01T00:00:00Z' };
  return Array.isArray(given) ? given.filter(isJson).map((one) => ({ type: 'required', status: none, ...one })) : [];
}

/** Outlook puts the block with the join link into the body of an online meeting. */
function bodyShown(world: World, given: unknown, teams: Teams | null): { contentType: string; content: string } {
  const content = isJson(given) && typeof given['content'] === 'string' ? given['content'] : '';
  const contentType = isJson(given) && given['contentType'] === 'text' ? 'text' : 'html';
  if (!teams) return { contentType, content };
  const url = joinUrl(world, teams.thread);
  if (content.includes(url)) return { contentType, content };
  return {
    contentType: 'html',
    content: `${content}<br><div class="me-email-text"><a href="${url}">Join the meeting now</a></div>`,
  };
}

function changeKeyOf(event: MicrosoftEvent): string {
  return Buffer.from(`${event.created}:${event.version}`).toString('base64');
}

function zoneName(given: unknown): string {
  const name = isJson(given) ? given['timeZone'] : undefined;
  return typeof name === 'string' && ianaZone(name) ? name : 'UTC';
}
