// The step that keeps a session's stand-alone video meeting in line: how a wanted meeting and a provider of meetings fit
// the general rules of align-object.
import type { OutsideObject } from '../../meetings/meeting.ts';
import type { Bounds, MeetingProvider, OutsideProvider, ProviderMeeting } from '../../meetings/provider.ts';
import { HERSELF, type InUse } from '../accounts.ts';
import { digestOf, type WantedMeeting } from '../plan.ts';
import type { Found, Place, Wanted } from './wanted.ts';

/** A meeting provider under the name its account goes by. */
export type MeetingAccount = { readonly account: OutsideProvider; readonly meetings: MeetingProvider };

/** The wanted meeting, ready to be brought about at its provider. */
export function meetingToKeep(
  wanted: WantedMeeting,
  revision: number,
  { at, connection }: InUse<MeetingAccount>,
  bounds: Bounds,
): Wanted {
  const { spec } = wanted;
  const host = connection ? HERSELF : wanted.host;
  const { meetings } = at;
  const found = (meeting: ProviderMeeting): Found => ({
    id: meeting.id,
    agrees:
      meeting.start.epochMilliseconds === spec.start.epochMilliseconds &&
      meeting.minutes === spec.minutes &&
      meeting.topic === spec.topic,
    join: { id: meeting.id, url: meeting.joinUrl, password: meeting.password },
  });
  return {
    kind: 'meeting',
    provider: at.account,
    platform: wanted.platform,
    host,
    connectionId: connection?.id ?? null,
    digest: digestOf(spec),
    revision,
    repeatable: false,
    create: async () => found(await meetings.create(host, spec, bounds)),
    update: async (id) => found(await meetings.update(host, id, spec, bounds)),
    read: async (id) => {
      const meeting = await meetings.read(host, id, bounds);
      return meeting && found(meeting);
    },
    find: async () => (await meetings.find(host, spec.marker, bounds)).map(found),
    delete: (id) => meetings.delete(host, id, bounds),
  };
}

/** Where a meeting of ours stands, wanted or not. */
export function meetingPlace(object: OutsideObject, marker: string, at: MeetingAccount, bounds: Bounds): Place {
  return {
    find: async () =>
      (await at.meetings.find(object.host, marker, bounds)).map(({ id }) => ({ id, agrees: false, join: null })),
    delete: (id) => at.meetings.delete(object.host, id, bounds),
  };
}
