// Graph's time: wall time plus a zone, Windows or IANA, never an offset; answers in UTC with seven fractional digits
// and no Z, unless the caller prefers another zone.
import { isJson, textOr, type Call, type Json } from '../endpoint.ts';
import { isZone, wallTimeIn } from '../wall-time.ts';
import { refuse } from './errors.ts';

/** The Windows names of the zones that practices are likely to use (CLDR windowsZones, territory 001). */
const WINDOWS: Readonly<Record<string, string>> = {
  UTC: 'UTC',
  'GMT Standard Time': 'Europe/London',
  'Greenwich Standard Time': 'Atlantic/Reykjavik',
  'W. Europe Standard Time': 'Europe/Berlin',
  'Central Europe Standard Time': 'Europe/Budapest',
  'Central European Standard Time': 'Europe/Warsaw',
  'Romance Standard Time': 'Europe/Paris',
  'FLE Standard Time': 'Europe/Kiev',
  'GTB Standard Time': 'Europe/Bucharest',
  'Turkey Standard Time': 'Europe/Istanbul',
  'Israel Standard Time': 'Asia/Jerusalem',
  'Arabian Standard Time': 'Asia/Dubai',
  'India Standard Time': 'Asia/Calcutta',
  'Nepal Standard Time': 'Asia/Katmandu',
  'China Standard Time': 'Asia/Shanghai',
  'Singapore Standard Time': 'Asia/Singapore',
  'Tokyo Standard Time': 'Asia/Tokyo',
  'AUS Eastern Standard Time': 'Australia/Sydney',
  'New Zealand Standard Time': 'Pacific/Auckland',
  'Eastern Standard Time': 'America/New_York',
  'Central Standard Time': 'America/Chicago',
  'Mountain Standard Time': 'America/Denver',
  'US Mountain Standard Time': 'America/Phoenix',
  'Pacific Standard Time': 'America/Los_Angeles',
  'Atlantic Standard Time': 'America/Halifax',
  'E. South America Standard Time': 'America/Sao_Paulo',
  'South Africa Standard Time': 'Africa/Johannesburg',
};
const WALL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?$/;

export function ianaZone(name: unknown): string {
  const zone = typeof name === 'string' ? (WINDOWS[name] ?? name) : undefined;
  if (zone !== undefined && isZone(zone)) return zone;
  throw refuse(
    400,
    'TimeZoneNotSupportedException',
    `A valid TimeZone value must be specified. The following TimeZone value is not supported: '${textOr(name, '')}'.`,
  );
}

/** Epoch milliseconds of a dateTimeTimeZone. An offset inside dateTime is refused: the zone stands beside it. */
export function momentOf(given: unknown, name: string): number {
  if (!isJson(given) || typeof given['dateTime'] !== 'string')
    throw refuse(400, 'ErrorPropertyValidationFailure', `At least one property failed validation: ${name}.`);
  const zone = ianaZone(given['timeZone'] ?? 'UTC');
  const at = WALL_TIME.test(given['dateTime']) ? wallTimeIn(given['dateTime'], zone) : undefined;
  if (!at)
    throw refuse(
      400,
      'ErrorInvalidRequest',
      `The value '${given['dateTime']}' of ${name}.dateTime is not a wall time (an offset or Z does not belong there).`,
    );
  return at.epochMilliseconds;
}

export function pointShown(at: number, preferred: Preferred): Json {
  const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(preferred.zone).toPlainDateTime();
  return { dateTime: `${wall.toString({ smallestUnit: 'second' })}.0000000`, timeZone: preferred.name };
}

/** 2026-12-01T10:00:00.0000000Z: how Graph writes when something was made. */
export function stamp(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ fractionalSecondDigits: 7 });
}

export type Preferred = { readonly name: string; readonly zone: string; readonly immutableIds: boolean };
/** As the control door shows things. */
export const IN_UTC: Preferred = { name: 'UTC', zone: 'UTC', immutableIds: true };

/** The zone of the Prefer header (RFC 7240), else UTC, and what Preference-Applied says. */
export function preferenceOf(call: Call): {
  readonly preferred: Preferred;
  readonly headers: Readonly<Record<string, string>>;
} {
  const header = [call.headers['prefer'] ?? []].flat().join(', ');
  const name = /outlook\.timezone\s*=\s*"([^"]*)"/i.exec(header)?.[1];
  const immutableIds = /IdType\s*=\s*"ImmutableId"/i.test(header);
  const applied = [
    ...(name === undefined ? [] : [`outlook.timezone="${name}"`]),
    ...(immutableIds ? ['IdType="ImmutableId"'] : []),
  ];
  return {
    preferred: { name: name ?? 'UTC', zone: name === undefined ? 'UTC' : ianaZone(name), immutableIds },
    headers: applied.length > 0 ? { 'preference-applied': applied.join(', ') } : {},
  };
}
