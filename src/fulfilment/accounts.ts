// With whose account a session's things are made, changed and removed: the practitioner's own connection where she has one,
// else the deployment's; and what stands already keeps to the account it was made with, as long as that can be reached.
import type { CalendarProvider, CalendarProviderId } from '../calendars/provider.ts';
import type { ConnectionInForce } from '../connections/connection.ts';
import type { OutsideObject } from '../meetings/meeting.ts';
import type { OutsideProvider, Platform } from '../meetings/provider.ts';
import type { Places } from './plan.ts';
import type { MeetingAccount } from './steps/meeting.ts';
import type { Place } from './steps/wanted.ts';

/** What one account, or all of a deployment's, can be used for. */
export type Outlets = {
  readonly meetings: ReadonlyMap<Platform, MeetingAccount>;
  readonly calendars: ReadonlyMap<CalendarProviderId, CalendarProvider>;
};

export type AccountTools = Outlets & {
  /** Where the deployment's own accounts can make things. */
  readonly places: Places;
  /** The same of one connection; its calls fail at once while the connection waits for a person. */
  outletsOf(organisationId: number, connection: ConnectionInForce): Outlets;
};

/** One account in use. `connection` null: the deployment's. */
export type InUse<T> = { readonly at: T; readonly connection: ConnectionInForce | null };

export type Accounts = {
  /** Where things can be made for this practitioner. */
  readonly places: Places;
  /** For a wanted meeting; `current` is what stands. */
  meetingsFor(platform: Platform, current: OutsideObject | null): InUse<MeetingAccount> | null;
  calendarFor(id: CalendarProviderId, current: OutsideObject | null): InUse<CalendarProvider> | null;
  /** With the account an object was made with; null where that cannot be reached. */
  meetingsOf(object: OutsideObject): MeetingAccount | null;
  calendarOf(object: OutsideObject): CalendarProvider | null;
  /** Made with an account that was disconnected since: nobody here can look at it any more. */
  isLeft(object: OutsideObject): boolean;
};

/** The host of what is made with a connection: it acts as one person alone, whatever her address is by now. */
export const HERSELF = 'me';

/** What was left behind with an account that is gone: it is there or not, and no business of ours. */
export const LEFT: Place = { find: () => Promise.resolve([]), delete: () => Promise.resolve() };

/** `connections`: those in force for the practitioner, and those that objects of the session were made with. */
export function accountsOf(
  tools: AccountTools,
  organisationId: number,
  connections: readonly ConnectionInForce[],
): Accounts {
  const inForce = connections.filter(({ state }) => state !== 'disconnected');
  const known = new Map(inForce.map((one) => [one.id, { ...tools.outletsOf(organisationId, one), connection: one }]));
  const deployment = { meetings: tools.meetings, calendars: tools.calendars, connection: null };
  const ofProvider = (provider: OutsideProvider) =>
    [...known.values()].find(({ connection }) => connection.provider === provider) ?? deployment;
  const ofObject = ({ connectionId }: OutsideObject) => (connectionId === null ? deployment : known.get(connectionId));
  /** The account of what stands, if it can do this; else the one that new things are made with. */
  const pick = <T extends object>(
    current: OutsideObject | null,
    preferred: (Outlets & { readonly connection: ConnectionInForce | null }) | undefined,
    find: (outlets: Outlets) => T | undefined,
  ): InUse<T> | null => {
    const standing = current && (current.state === 'live' || current.state === 'creating') ? ofObject(current) : null;
    for (const account of [standing, preferred]) {
      const at = account ? find(account) : undefined;
      if (account && at) return { at, connection: account.connection };
    }
    return null;
  };
  return {
    places: placesWith(tools.places, [...known.values()]),
    meetingsFor: (platform, current) => {
      const find = ({ meetings }: Outlets) => meetings.get(platform);
      const hers = [...known.values()].find((account) => find(account) !== undefined);
      return pick(current, hers ?? deployment, find);
    },
    calendarFor: (id, current) => pick(current, ofProvider(id), ({ calendars }) => calendars.get(id)),
    meetingsOf: (object) => (object.platform && ofObject(object)?.meetings.get(object.platform)) ?? null,
    calendarOf: (object) =>
      [...(ofObject(object)?.calendars.values() ?? [])].find(({ id }) => id === object.provider) ?? null,
    isLeft: ({ connectionId }) => connectionId !== null && !known.has(connectionId),
  };
}

function placesWith(own: Places, hers: readonly Outlets[]): Places {
  const calendars = hers.flatMap((outlets) => [...outlets.calendars.values()]);
  return {
    installation: own.installation,
    standAlone: new Set([...own.standAlone, ...hers.flatMap((outlets) => [...outlets.meetings.keys()])]),
    carriers: new Map([...own.carriers, ...calendars.map((one) => [one.conferencePlatform, one.id] as const)]),
    // Hers first: where the chosen one is missing, the first is taken.
    calendars: new Set([...calendars.map(({ id }) => id), ...own.calendars]),
  };
}
