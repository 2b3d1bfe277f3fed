// What the settings say about callers: how often each may ask, from which pages, through how many proxies.
import type { Environment, SettingReader } from './config-reader.ts';
import { SETTINGS, type SettingName } from './config-table.ts';
import type { RateLimits } from './platform/http/rate-limit.ts';

/** One caller beyond a million a second is a slip of the key. */
const HIGHEST_RATE = 60_000_000;
/** More hops than any real chain of proxies. */
const MOST_PROXIES = 16;

export function readRateLimits(read: SettingReader): RateLimits {
  const rate = (name: SettingName) => read.integer(name, 0, HIGHEST_RATE);
  return {
    anonymousReads: rate('RATE_LIMIT_ANONYMOUS_READS'),
    guestReads: rate('RATE_LIMIT_GUEST_READS'),
    guestBookings: rate('RATE_LIMIT_GUEST_BOOKINGS'),
    clientReads: rate('RATE_LIMIT_CLIENT_READS'),
    clientBookings: rate('RATE_LIMIT_CLIENT_BOOKINGS'),
    staffReads: rate('RATE_LIMIT_STAFF_READS'),
    staffBookings: rate('RATE_LIMIT_STAFF_BOOKINGS'),
    serviceReads: rate('RATE_LIMIT_SERVICE_READS'),
    serviceBookings: rate('RATE_LIMIT_SERVICE_BOOKINGS'),
  };
}

/** Unset, the sandbox lets every page try it; a real deployment lets in only its own. */
export function readOrigins(read: SettingReader, sandbox: boolean): '*' | readonly string[] {
  if (sandbox && read.given('CORS_ORIGINS') === undefined) return '*';
  const origins = read
    .text('CORS_ORIGINS')
    .split(',')
    .map((origin) => origin.trim())
    .filter(Boolean);
  if (origins.includes('*')) {
    if (origins.length === 1) return '*';
    read.mistakes.push(
      'CORS_ORIGINS names both * and single origins: * already lets everyone in. Keep one of the two.',
    );
  }
  for (const origin of origins) {
    const url = URL.parse(origin);
    if (origin === '*' || (url && /^https?:$/.test(url.protocol) && url.origin === origin)) continue;
    read.mistakes.push(
      `CORS_ORIGINS must list origins like https://example.org, without a path; ${JSON.stringify(origin)} is none` +
        `${url && url.origin !== 'null' ? ` (did you mean ${url.origin}?)` : ''}.`,
    );
  }
  return origins;
}

export function readTrustProxy(read: SettingReader): false | number | readonly string[] {
  const value = read.text('TRUST_PROXY');
  if (value === '0' || value === 'false') return false;
  if (/^\d{1,2}$/.test(value) && Number(value) <= MOST_PROXIES) return Number(value);
  const proxies = value.split(',').map((proxy) => proxy.trim());
  if (
    proxies.every((proxy) => /^(loopback|linklocal|uniquelocal|[\da-f.:]+[.:][\da-f.:]*(\/\d{1,3})?)$/i.test(proxy))
  ) {
    return proxies;
  }
  read.mistakes.push(
    `TRUST_PROXY must be the number of proxies (0 to ${MOST_PROXIES}) or their addresses by comma; it is ` +
      `${JSON.stringify(value)}. Trusting everyone would let a caller choose its own address.`,
  );
  return false;
}

export function warnOfUnknownLimits(env: Environment, read: SettingReader): void {
  for (const name of Object.keys(env)) {
    if (!name.startsWith('RATE_LIMIT_') || SETTINGS.has(name)) continue;
    const known = [...SETTINGS.keys()].filter((key) => key.startsWith('RATE_LIMIT_'));
    read.warnings.push(`${name} is no setting and is not used. There are ${known.join(', ')}.`);
  }
}
