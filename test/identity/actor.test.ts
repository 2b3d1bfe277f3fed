// Every rule of ownership, as one table: role x own or another's.
import { describe, expect, it } from 'vitest';
import {
  anonymousActor,
  isHost,
  mayAdminister,
  mayBookFor,
  mayChange,
  mayClose,
  mayListClient,
  mayManagePractitioner,
  mayReadDiary,
  mayRevokeLinks,
  maySee,
  isBoundByWindows,
  passFor,
  type Actor,
  type Role,
} from '../../src/identity/actor.ts';

const actor = (role: Role, subject = 'me'): Actor => ({
  organisationId: 1,
  role,
  subject,
  email: null,
  practitionerId: role === 'practitioner' ? 123 : null,
  key: `${role}:${subject}`,
});
const ANNA = actor('client');
const SARAH = actor('practitioner');
const STAFF = actor('staff');
const SERVICE = actor('service');
const NOBODY = anonymousActor(1, 'address:192.0.2.1');
/** What of an appointment its links depend on. */
const linked = { id: 7, clientId: 8, clientEmail: 'Me@example.com', linkGeneration: 1 };
const GUEST: Actor = { ...actor('client', ''), role: 'guest', key: 'guest:7', pass: passFor(linked) };
const yes = true;
const no = false;

const hers = { clientSubject: 'other', practitionerId: 123 };
const mine = { clientSubject: 'me', practitionerId: 789 };
const strange = { clientSubject: 'other', practitionerId: 789 };
const noSubject = { clientSubject: '', practitionerId: 789 };

describe('who may', () => {
  const table: readonly (readonly [string, (by: Actor) => boolean, readonly boolean[]])[] = [
    // [act, rule, client, practitioner, staff, service, anonymous]
    ['book for herself', (by) => mayBookFor(by, 'me'), [yes, no, yes, yes, no]],
    ['book for another', (by) => mayBookFor(by, 'other'), [no, no, yes, yes, no]],
    ['book for the empty subject', (by) => mayBookFor(by, ''), [no, no, yes, yes, no]],
    ['see her own appointment', (by) => maySee(by, mine), [yes, no, yes, yes, no]],
    ['see an appointment with practitioner 123', (by) => maySee(by, hers), [no, yes, yes, yes, no]],
    ['see a stranger’s', (by) => maySee(by, strange), [no, no, yes, yes, no]],
    ['see one without a subject', (by) => maySee(by, noSubject), [no, no, yes, yes, no]],
    ['change her own appointment', (by) => mayChange(by, mine), [yes, no, yes, yes, no]],
    ['change one with practitioner 123', (by) => mayChange(by, hers), [no, yes, yes, yes, no]],
    ['change a stranger’s', (by) => mayChange(by, strange), [no, no, yes, yes, no]],
    ['list the appointments of `me`', (by) => mayListClient(by, 'me'), [yes, no, yes, yes, no]],
    ['list those of another', (by) => mayListClient(by, 'other'), [no, no, yes, yes, no]],
    ['be host for practitioner 123', (by) => isHost(by, 123), [no, yes, yes, yes, no]],
    ['be host for another', (by) => isHost(by, 789), [no, no, yes, yes, no]],
    ['manage practitioner 123', (by) => mayManagePractitioner(by, 123), [no, yes, yes, yes, no]],
    ['manage another', (by) => mayManagePractitioner(by, 789), [no, no, yes, yes, no]],
    ['read the diary of practitioner 123', (by) => mayReadDiary(by, 123), [no, yes, yes, yes, no]],
    ['read that of another', (by) => mayReadDiary(by, 789), [no, no, yes, yes, no]],
    ['say how one with practitioner 123 went', (by) => mayClose(by, hers), [no, yes, yes, yes, no]],
    ['say how her own went', (by) => mayClose(by, mine), [no, no, yes, yes, no]],
    ['end the links to her own', (by) => mayRevokeLinks(by, mine), [yes, no, yes, yes, no]],
    ['be bound by the windows', (by) => isBoundByWindows(by, mine), [yes, yes, no, no, yes]],
    ['administer', mayAdminister, [no, no, yes, yes, no]],
  ];
  it.each(table)('%s', (_act, rule, allowed) => {
    expect([ANNA, SARAH, STAFF, SERVICE, NOBODY].map(rule)).toEqual(allowed);
  });
});

describe('a guest', () => {
  const its = { ...mine, ...linked };

  it('may see and change the appointment of its link, bound by the windows, and do nothing else', () => {
    expect([maySee(GUEST, its), mayChange(GUEST, its), isBoundByWindows(GUEST, its)]).toEqual([yes, yes, yes]);
    const other = [
      mayRevokeLinks(GUEST, its),
      mayClose(GUEST, its),
      mayAdminister(GUEST),
      mayBookFor(GUEST, ''),
      mayListClient(GUEST, ''),
      mayManagePractitioner(GUEST, 123),
      isHost(GUEST, 789),
    ];
    expect(other).toEqual(other.map(() => no));
  });

  it.each<[string, object]>([
    ['another appointment', { id: 9 }],
    ['another client', { clientId: 9 }],
    ['another address', { clientEmail: 'else@example.com' }],
    ['links ended since', { linkGeneration: 2 }],
    ['nothing known of links', { linkGeneration: undefined }],
  ])('of %s may do nothing with it', (_what, over) => {
    expect([maySee(GUEST, { ...its, ...over }), mayChange(GUEST, { ...its, ...over })]).toEqual([no, no]);
  });

  it('reads the same mail whatever the case of its address', () => {
    expect(maySee(GUEST, { ...its, clientEmail: 'me@EXAMPLE.com' })).toBe(yes);
  });
});
