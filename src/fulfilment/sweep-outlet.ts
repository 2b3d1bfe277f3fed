// One place as the sweep reaches it, a host of meetings or a calendar, with the account that its things were made with.
import type { CalendarProvider } from '../calendars/provider.ts';
import type { ConnectionInForce } from '../connections/connection.ts';
import type { OutsideKind } from '../meetings/meeting.ts';
import type { Bounds, Listed, Listing, MeetingProvider, Platform, ProviderMeeting } from '../meetings/provider.ts';
import type { AccountTools, Outlets } from './accounts.ts';
import type { SweepClaim } from './store-sweep.ts';

export type SweepOutlet = {
  readonly kind: OutsideKind;
  /** Of meetings, whose account is found by it. */
  readonly platform: Platform | null;
  list(listing: Listing, bounds: Bounds): Promise<readonly Listed[]>;
  /** null: it is not there. */
  read(id: string, bounds: Bounds): Promise<Pick<Listed, 'start' | 'end'> | null>;
  /** All that bears just this marker, at whatever time. */
  find(marker: string, bounds: Bounds): Promise<readonly Pick<Listed, 'id' | 'start' | 'end'>[]>;
  /** Writes to nobody. */
  delete(id: string, bounds: Bounds): Promise<void>;
};

/** `connection` null: the deployment's own account. Answers null where this deployment cannot reach it. */
export function outletOf(
  tools: AccountTools,
  { organisationId, provider, host }: SweepClaim,
  connection: ConnectionInForce | null,
): SweepOutlet | null {
  const outlets: Outlets = connection ? tools.outletsOf(organisationId, connection) : tools;
  const account = [...outlets.meetings.values()].find((one) => one.account === provider);
  if (account) return ofMeetings(account.meetings, host);
  const calendar = [...outlets.calendars.values()].find(({ id }) => id === provider);
  return calendar ? ofCalendar(calendar, host) : null;
}

function ofMeetings(meetings: MeetingProvider, host: string): SweepOutlet {
  return {
    kind: 'meeting',
    platform: meetings.platform,
    list: (listing, bounds) => meetings.list(host, listing, bounds),
    read: async (id, bounds) => {
      const found = await meetings.read(host, id, bounds);
      return found && spanOf(found);
    },
    find: async (marker, bounds) => (await meetings.find(host, marker, bounds)).map(spanOf),
    delete: (id, bounds) => meetings.delete(host, id, bounds),
  };
}

function ofCalendar(calendar: CalendarProvider, owner: string): SweepOutlet {
  return {
    kind: 'calendar_event',
    platform: null,
    list: (listing, bounds) => calendar.list(owner, listing, bounds),
    read: (id, bounds) => calendar.read(owner, id, bounds),
    find: (marker, bounds) => calendar.find(owner, marker, bounds),
    delete: (id, bounds) => calendar.delete(owner, id, { ...bounds, tellAttendees: false }),
  };
}

function spanOf({ id, start, minutes }: ProviderMeeting) {
  return { id, start, end: start.add({ minutes }) };
}
