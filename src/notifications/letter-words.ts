// What a letter says, in plain words and in reading order, before it is set as text or as HTML; both are set from this, so
// they cannot differ. Names no reason and no matter of health, whatever the practice.
import { sayLength, sayMoment, saySpan } from './spoken-time.ts';

export const PLATFORM_NAMES = { zoom: 'Zoom', 'google-meet': 'Google Meet', teams: 'Microsoft Teams' } as const;

/** What the words depend on. All strings are already clean single lines. */
export type WordFacts = {
  /**
   * `link`: the video link is ready, after a confirmation or change that had to leave before it was, or is another now.
   * `link_missing`: the meeting cannot be made, told to the practitioner alone.
   */
  readonly kind:
    | 'confirmation'
    | 'change'
    | 'link'
    | 'link_missing'
    | 'cancellation'
    | 'reminder'
    | 'request'
    | 'proposal'
    | 'declined';
  readonly recipient: 'client' | 'practitioner';
  /** The organisation. */
  readonly practice: { readonly name: string };
  readonly practitioner: { readonly name: string; readonly zone: string };
  /** `zone` null: not known, the agreed one is used and said. */
  readonly client: { readonly name: string; readonly zone: string | null };
  readonly sessionType: string;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  /** The zone in which the time was agreed (the practitioner's then). */
  readonly zone: string;
  /** For a change of time; null where only something else changed. */
  readonly previousStart: Temporal.Instant | null;
  /** Of a request or a proposal: until when it can be decided. */
  readonly decideBy: Temporal.Instant | null;
  readonly platform: keyof typeof PLATFORM_NAMES | null;
  /** Null with a platform: the link is not ready, and the letter says that it follows. */
  readonly join: { readonly url: string; readonly password: string | null } | null;
  /** Why it is not ready, and what to do, where a person must act. */
  readonly whyMissing: string | null;
  /** An earlier letter told another link, which works no more. */
  readonly linkChanged: boolean;
  /** Where the client moves or cancels by itself. In no letter to anybody else: whoever has it may do so. */
  readonly manageUrl: string | null;
  readonly appointmentId: number;
  readonly sandbox: boolean;
  /** False where the calendar's own provider invites: two invitations would make two entries. */
  readonly calendarInvitation: boolean;
};

export const SANDBOX_LINE = 'Sent by a sandbox: this is a trial, not a real appointment.';

/** Of a meeting that cannot be made, or of several. */
export const MISSING_NOTE =
  'It is tried again by itself. As soon as the link is there, you and your client get it by e-mail; until then you may want to tell your client how to reach you.';

/** One labelled line or group of lines. */
export type Detail = { readonly label: string; readonly lines: readonly string[] };

/** One of several appointments: when it is, and what can be done with it. */
export type DateWords = {
  readonly when: string;
  readonly lines: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
};

export type Words = {
  readonly heading: string;
  readonly greeting: string;
  readonly opening: string;
  readonly details: readonly Detail[];
  readonly dates?: readonly DateWords[];
  readonly link: { readonly label: string; readonly url: string; readonly passcode: string | null } | null;
  readonly notes: readonly string[];
  readonly manage: { readonly label: string; readonly url: string } | null;
  readonly closing: readonly string[];
};

/** Nothing is escaped here: that is for the format it is set in. */
export function chooseWords(facts: WordFacts): Words {
  return {
    heading: headingOf(facts),
    greeting: greetingOf(facts),
    opening: openingOf(facts),
    details: detailsOf(facts),
    link: linkOf(facts),
    notes: notesOf(facts),
    manage: manageOf(facts),
    closing: closingOf(facts),
  };
}

function headingOf(facts: WordFacts): string {
  const whose = facts.recipient === 'client' ? 'Your appointment' : 'An appointment';
  if (facts.kind === 'cancellation') return `${whose} is cancelled`;
  if (facts.kind === 'request')
    return facts.recipient === 'client' ? 'We have your request' : 'A client asks for a time';
  if (facts.kind === 'proposal') return 'Another time is proposed';
  if (facts.kind === 'declined')
    return facts.recipient === 'client' ? 'Your request could not be confirmed' : 'A request has ended';
  if (facts.kind === 'link') {
    if (!facts.linkChanged) return 'The video link is ready';
    return facts.recipient === 'client' ? 'Your video link has changed' : 'The video link has changed';
  }
  if (facts.kind === 'link_missing') return 'A video link is missing';
  if (facts.kind === 'reminder') return `${whose} is coming up`;
  if (facts.kind === 'change') return isMoved(facts) ? `${whose} has moved` : `${whose} has changed`;
  return facts.recipient === 'client' ? 'Your appointment is confirmed' : 'You have a new appointment';
}

function greetingOf(facts: WordFacts): string {
  const { name } = facts[facts.recipient];
  return name === '' ? 'Hello,' : `Hello ${name},`;
}

function openingOf(facts: WordFacts): string {
  const other = otherOf(facts);
  const client = facts.recipient === 'client';
  const whose = client ? 'Your' : 'The';
  return {
    confirmation: client
      ? `Your appointment with ${other} is confirmed. We look forward to seeing you.`
      : `You have a new appointment with ${other}.`,
    change: isMoved(facts)
      ? `${whose} appointment with ${other} has a new time.`
      : `${whose} appointment with ${other} has been updated. This is how it stands now.`,
    link: facts.linkChanged
      ? `The video link for ${client ? 'your' : 'the'} appointment with ${other} has changed. The time is the same.`
      : `The video link for ${client ? 'your' : 'the'} appointment with ${other} is ready.`,
    link_missing: `The video meeting for the appointment with ${other} could not be made. The appointment stands, and has no link yet.`,
    cancellation: `${whose} appointment with ${other} has been cancelled. There is nothing you need to do.`,
    request: client
      ? `You have asked for an appointment with ${other}. It is not confirmed yet: you will hear from us.`
      : `${other} asks for an appointment. The time is kept until you approve it, decline it or propose another.`,
    proposal: client
      ? `The time you asked for does not suit, but ${other} can offer you this one instead. It is kept for you: please accept or refuse it.`
      : `Another time was proposed for the request of ${other}. It is kept until the client has answered.`,
    declined: client
      ? `Unfortunately the appointment you asked for with ${other} could not be confirmed. There is nothing you need to do.`
      : `The request of ${other} was declined, or not decided in time. The time is free again.`,
    reminder: client
      ? `This is a reminder of your appointment with ${other}. We look forward to seeing you.`
      : `This is a reminder of your appointment with ${other}.`,
  }[facts.kind];
}

function detailsOf(facts: WordFacts): Detail[] {
  const [own, ...others] = zonesOf(facts);
  const lines = own === undefined ? [] : spanLines(facts, own);
  for (const zone of others) {
    const span = saySpan(facts.start, facts.end, zone);
    lines.push(`That is ${span.when}, ${span.zone}`);
  }
  const details: Detail[] = [{ label: facts.kind === 'change' && isMoved(facts) ? 'New time' : 'When', lines }];
  if (facts.kind === 'change' && isMoved(facts) && own !== undefined) {
    details.push({ label: 'Old time', lines: [sayMoment(facts.previousStart, own)] });
  }
  if (isAsking(facts) && facts.decideBy !== null && own !== undefined) {
    details.push({
      label: facts.kind === 'request' ? 'Decided by' : 'Please answer by',
      lines: [sayMoment(facts.decideBy, own)],
    });
  }
  details.push({ label: 'Length', lines: [sayLength(facts.start, facts.end)] });
  if (facts.sessionType !== '') details.push({ label: 'Session', lines: [facts.sessionType] });
  if (facts.platform !== null && !isEnded(facts)) {
    details.push({ label: 'Where', lines: [`Online, by ${PLATFORM_NAMES[facts.platform]}`] });
  }
  if (facts.kind === 'link_missing' && facts.whyMissing != null) {
    details.push({ label: 'Why', lines: [facts.whyMissing] });
  }
  return details;
}

function spanLines(facts: WordFacts, zone: string): string[] {
  const span = saySpan(facts.start, facts.end, zone);
  return [span.when, span.zone];
}

// The reader's own zone first, then the agreed one, then the other person's; aliases of one zone count once.
function zonesOf(facts: WordFacts): string[] {
  const client = facts.client.zone ?? facts.zone;
  const wanted =
    facts.recipient === 'client'
      ? [client, facts.zone, facts.practitioner.zone]
      : [facts.practitioner.zone, facts.zone, client];
  const kept: string[] = [];
  for (const zone of wanted) {
    const at = facts.start.toZonedDateTimeISO(zone);
    if (!kept.some((other) => at.equals(facts.start.toZonedDateTimeISO(other)))) kept.push(zone);
  }
  return kept;
}

function linkOf(facts: WordFacts): Words['link'] {
  if (isEnded(facts) || facts.join === null) return null;
  const label = facts.platform === null ? 'Join the meeting' : `Join by ${PLATFORM_NAMES[facts.platform]}`;
  return { label, url: facts.join.url, passcode: facts.join.password };
}

function notesOf(facts: WordFacts): string[] {
  if (facts.platform === null || isAsking(facts) || facts.kind === 'declined') return [];
  const name = PLATFORM_NAMES[facts.platform];
  if (facts.kind === 'cancellation') {
    return facts.join === null ? [] : [`Please do not use the earlier ${name} link any more.`];
  }
  if (facts.kind === 'link_missing') return [MISSING_NOTE];
  if (facts.join === null) return [`The ${name} link is not ready yet. We will send it to you in a separate e-mail.`];
  const notes = facts.linkChanged ? [`Please use this link only: the earlier ${name} link no longer works.`] : [];
  if (facts.recipient === 'practitioner') {
    notes.push(`Sign in with your own ${name} account to start the meeting as its host.`);
  } else if (facts.platform === 'google-meet') {
    // Guests from outside the host's organisation usually have to knock, and the host has to be there.
    notes.push('Google Meet may ask you to wait for a moment: the host lets you in.');
  }
  return notes;
}

/** Of a client's letter alone, while there is something to move. */
export function manageOf({ recipient, kind, manageUrl }: WordFacts): Words['manage'] {
  if (recipient !== 'client' || isEnded({ kind }) || manageUrl === null) return null;
  const label = { request: 'Move or cancel this request', proposal: 'Accept or refuse this time' };
  const isRequest = kind === 'request' || kind === 'proposal';
  return { label: isRequest ? label[kind] : 'Move or cancel this appointment', url: manageUrl };
}

function closingOf(facts: WordFacts): string[] {
  const lines: string[] = [];
  if (facts.calendarInvitation) {
    lines.push(
      facts.kind === 'cancellation'
        ? 'The attached calendar file takes the appointment out of your calendar.'
        : 'The attached calendar file puts the appointment in your calendar, or updates it there.',
    );
  }
  if (facts.recipient === 'client' && facts.practice.name !== '') {
    const question = manageOf(facts) === null ? 'Questions, or does another time suit you better?' : 'Questions?';
    lines.push(`${question} Please contact ${facts.practice.name}.`);
  }
  if (facts.sandbox) lines.push(SANDBOX_LINE);
  lines.push([facts.practice.name, `Reference ${facts.appointmentId}`].filter((word) => word !== '').join(' · '));
  return lines;
}

function otherOf(facts: WordFacts): string {
  const other = facts.recipient === 'client' ? facts.practitioner.name : facts.client.name;
  return other === '' ? (facts.recipient === 'client' ? facts.practice.name : 'a client') : other;
}

/** Nothing is agreed yet. */
function isAsking({ kind }: Pick<WordFacts, 'kind'>): boolean {
  return kind === 'request' || kind === 'proposal';
}

/** Nothing is to come of it any more. */
function isEnded({ kind }: Pick<WordFacts, 'kind'>): boolean {
  return kind === 'cancellation' || kind === 'declined';
}

/** Whether a change is one of time. */
export function isMoved(facts: WordFacts): facts is WordFacts & { previousStart: Temporal.Instant } {
  return facts.previousStart !== null && !facts.previousStart.equals(facts.start);
}
