// What Graph tells of a person and her calendar: the user, the default calendar with its meeting providers, and
// getSchedule, where an unreadable schedule carries an error inside the 200.
import { jsonObject, textOr, type Call, type Endpoint, type Json, type World } from '../endpoint.ts';
import { exists } from '../people.ts';
import { refuse } from './errors.ts';
import { drawer } from './events.ts';
import { expandedAndSelected } from './odata.ts';
import { momentOf, pointShown, preferenceOf, type Preferred } from './time.ts';
import { personFor } from './tokens.ts';

/** What the service takes in one call: addresses and days. */
const MOST_SCHEDULES = 20;
const MOST_DAYS = 62;
/** More entries of one schedule than this are an error 5006. */
const MOST_ENTRIES = 1_000;
const DIGITS: Readonly<Record<string, string>> = {
  free: '0',
  tentative: '1',
  busy: '2',
  oof: '3',
  workingElsewhere: '4',
};

export function calendarEndpoints(world: World): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/graph/v1.0/users/:userId',
      operation: 'read',
      handle: (call) => {
        const { id, address, name } = personFor(world, call, 'User.Read.All');
        const [givenName = '', ...surname] = name.split(' ');
        return {
          status: 200,
          body: expandedAndSelected(call, {
            id,
            displayName: name,
            givenName,
            surname: surname.join(' '),
            mail: address,
            userPrincipalName: address,
            preferredLanguage: null,
          }),
        };
      },
    },
    {
      method: 'GET',
      path: '/graph/v1.0/users/:userId/calendar',
      operation: 'read',
      mailbox: true,
      handle: (call) => {
        const person = personFor(world, call, 'Calendars.ReadWrite');
        const calendar = {
          id: `AAMkCal${Buffer.from(person.id).toString('base64url')}=`,
          name: 'Calendar',
          color: 'auto',
          hexColor: '',
          isDefaultCalendar: true,
          canEdit: true,
          canShare: true,
          canViewPrivateItems: true,
          isRemovable: false,
          isTallyingResponses: true,
          changeKey: 'sandbox',
          owner: { name: person.name, address: person.address },
          allowedOnlineMeetingProviders: ['teamsForBusiness'],
          defaultOnlineMeetingProvider: 'teamsForBusiness',
        };
        return { status: 200, body: expandedAndSelected(call, calendar) };
      },
    },
    {
      method: 'POST',
      path: '/graph/v1.0/users/:userId/calendar/getSchedule',
      operation: 'list',
      mailbox: true,
      handle: (call) => {
        personFor(world, call, 'Calendars.ReadWrite');
        const { preferred, headers } = preferenceOf(call);
        const asked = askedSchedules(call);
        return {
          status: 200,
          headers,
          body: { value: asked.schedules.map((address) => scheduleOf(world, address, asked, preferred)) },
        };
      },
    },
  ];
}

type Asked = {
  readonly schedules: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
};

function askedSchedules(call: Call): Asked {
  const body = jsonObject(call.body);
  if (!body) throw refuse(400, 'BadRequest', 'Unable to read JSON request payload.');
  const schedules = Array.isArray(body['schedules']) ? body['schedules'].map(String) : [];
  if (schedules.length === 0 || schedules.length > MOST_SCHEDULES)
    throw refuse(400, 'ErrorInvalidParameter', `Between 1 and ${MOST_SCHEDULES} schedules can be asked for.`);
  const from = momentOf(body['startTime'], 'startTime');
  const to = momentOf(body['endTime'], 'endTime');
  const step = body['availabilityViewInterval'] ?? 30;
  if (typeof step !== 'number' || !Number.isInteger(step) || step < 5 || step > 1440)
    throw refuse(400, 'ErrorInvalidMergedFreeBusyInterval', 'The interval must be between 5 and 1440 minutes.');
  if (to - from < step * 60_000 || to - from > MOST_DAYS * 86_400_000)
    throw refuse(
      400,
      'ErrorInvalidTimeInterval',
      `The time window must be at least one interval and at most ${MOST_DAYS} days.`,
    );
  return { schedules, from, to, stepMs: step * 60_000 };
}

function scheduleOf(world: World, address: string, { from, to, stepMs }: Asked, preferred: Preferred): Json {
  const failed = (responseCode: string, message: string): Json => ({
    scheduleId: address,
    availabilityView: '',
    scheduleItems: [],
    error: { message, responseCode },
  });
  if (!exists(address))
    return failed('ErrorMailRecipientNotFound', 'Unable to resolve e-mail address to an Active Directory object.');
  const events = drawer(world).list({
    owner: address.toLowerCase(),
    live: true,
    startsBefore: to,
    endsAfter: from,
    limit: MOST_ENTRIES + 1,
  });
  if (events.length > MOST_ENTRIES) return failed('5006', 'The result set contains too many calendar entries.');
  const busy = events.map((kept) => ({
    starts: kept.starts,
    ends: kept.ends,
    status: textOr(kept.body.fields['showAs'], 'busy'),
  }));
  const view = Array.from({ length: Math.ceil((to - from) / stepMs) }, (_unused, index) => {
    const start = from + index * stepMs;
    const digits = busy
      .filter((one) => one.starts < start + stepMs && one.ends > start)
      .map((one) => DIGITS[one.status] ?? '2');
    return digits.toSorted().at(-1) ?? '0';
  });
  return {
    scheduleId: address,
    availabilityView: view.join(''),
    scheduleItems: busy.map(({ starts, ends, status }) => ({
      status,
      start: pointShown(starts, preferred),
      end: pointShown(ends, preferred),
    })),
  };
}
