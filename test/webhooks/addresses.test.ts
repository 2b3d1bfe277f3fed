// Where webhooks may go: to public addresses alone, looked at when the url is set and again at each sending, after the name was
// resolved; and what a stranger's server can do to us: nothing, within bounds.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayReach } from '../../src/platform/http/public-address.ts';
import { postOutside, type Address } from '../../src/platform/http/post-outside.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { checkedUrl } from '../../src/webhooks/endpoint.ts';
import { tinyServer, type TinyServer } from '../providers/tiny-server.ts';

const clock = setClock('2030-01-07T14:00:00Z');
const NEVER = [
  ['this network', '0.0.0.0'],
  ['link-local', '169.254.1.1'],
  ['the metadata of clouds', '169.254.169.254'],
  ['the metadata of a cloud in shared space', '100.100.100.200'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['the inside of a cloud', '168.63.129.16'],
  ['protocol assignments', '192.0.0.192'],
  ['documentation', '203.0.113.7'],
  ['benchmarks', '198.18.0.1'],
  ['relays of 6to4', '192.88.99.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['no address of IPv6', '::'],
  ['link-local of IPv6', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['multicast of IPv6', 'ff02::1'],
  ['mapped IPv4', '::ffff:127.0.0.1'],
  ['mapped public IPv4', '::ffff:8.8.8.8'],
  ['compatible IPv4', '::7f00:1'],
  ['translated IPv4', '::ffff:0:7f00:1'],
  ['NAT64', '64:ff9b::7f00:1'],
  ['NAT64 of a network', '64:ff9b:1::a00:1'],
  ['6to4', '2002:7f00:1::'],
  ['Teredo', '2001::1'],
  ['documentation of IPv6', '2001:db8::1'],
  ['metadata of a cloud, by IPv6', 'fd00:ec2::254'],
  ['metadata of another cloud, by IPv6', 'fd20:ce::254'],
  ['discard', '100::1'],
  ['site-local', 'fec0::1'],
  ['segment routing', '5f00::1'],
  ['no address', 'localhost'],
] as const;
const PRIVATE = [
  ['loopback', '127.0.0.1'],
  ['all of loopback', '127.255.255.254'],
  ['private, 10/8', '10.1.2.3'],
  ['private, 172.16/12', '172.31.255.255'],
  ['private, 192.168/16', '192.168.0.1'],
  ['loopback of IPv6', '::1'],
  ['unique local', 'fd12:3456::1'],
] as const;
const PUBLIC = ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001:80b::200e'];

describe('an address', () => {
  test.each(NEVER)('of %s is never reached: %s', (_, address) => {
    expect([mayReach(address, 'public'), mayReach(address, 'private_too')]).toEqual([false, false]);
  });
  test.each(PRIVATE)('of %s is reached only where the setting says so: %s', (_, address) => {
    expect([mayReach(address, 'public'), mayReach(address, 'private_too')]).toEqual([false, true]);
  });
  test.each(PUBLIC)('that is public is reached: %s', (address) => {
    expect([mayReach(address, 'public'), mayReach(address, 'private_too')]).toEqual([true, true]);
  });
});

describe('a url', () => {
  test.each([
    'http://example.com/',
    'ftp://example.com/',
    'https://user@example.com/',
    'https://:secret@example.com/',
    'https://example.com/#part',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://localhost/',
    'https://db.localhost./',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'javascript:alert(1)',
    '/relative',
  ])('%s is refused when it is set', (url) => {
    expect(() => checkedUrl(url, 'public')).toThrow(expect.objectContaining({ code: 'address_not_allowed' }));
  });
  test('is kept as it will be used', () => {
    expect(checkedUrl('HTTPS://Example.com:443/a b?c=d', 'public')).toBe('https://example.com/a%20b?c=d');
    expect(checkedUrl('http://127.0.0.1:3000/x', 'private_too')).toBe('http://127.0.0.1:3000/x');
    expect(() => checkedUrl('http://169.254.169.254/', 'private_too')).toThrow(/public address/);
  });
});

const posting = (url: string, timeoutMs = 5_000) => ({
  url,
  headers: { 'content-type': 'text/plain' },
  body: 'x',
  timeoutMs,
});
const at = (...addresses: string[]): readonly Address[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('a posting', () => {
  let inside: TinyServer;
  beforeAll(async () => {
    inside = await tinyServer(({ path }) => {
      if (path === '/redirect') return { status: 302, headers: { location: 'http://127.0.0.1:1/' } };
      if (path === '/wait') return { status: 429, headers: { 'retry-after': '30' } };
      if (path === '/endless') {
        return (response) => {
          response.writeHead(200);
          const pour = () => {
            while (response.writable && response.write('x'.repeat(8_192)));
          };
          response.on('drain', pour).on('error', () => undefined);
          pour();
        };
      }
      if (path === '/silent') return () => undefined;
      return { status: 200, text: 'ok' };
    });
  });
  afterAll(() => inside.close());
  const port = () => new URL(inside.url).port;

  test('to a name that leads inside is refused, also where one of several addresses does', async () => {
    for (const addresses of [at('127.0.0.1'), at('8.8.8.8', '10.0.0.1'), at('::ffff:127.0.0.1'), at()]) {
      const post = postOutside({ clock, reach: 'public', resolve: () => Promise.resolve(addresses) });
      expect(await post(posting(`https://example.com:${port()}/`))).toMatchObject({ fault: 'address_not_allowed' });
    }
    expect(inside.asked).toEqual([]);
  });

  test('asks for the address once, and connects to that one: a name that changes in between gains nothing', async () => {
    const answers = [at('127.0.0.1'), at('169.254.169.254')];
    const asked: string[] = [];
    const resolve = (hostname: string) => {
      asked.push(hostname);
      return Promise.resolve(answers[asked.length - 1] ?? []);
    };
    const post = postOutside({ clock, reach: 'private_too', resolve });
    expect(await post(posting(`http://rebind.example:${port()}/`))).toMatchObject({ status: 200, verdict: 'taken' });
    expect(asked).toEqual(['rebind.example']);
    expect(inside.asked.at(-1)?.headers.host).toBe(`rebind.example:${port()}`);
    // Looked at anew the next time.
    expect(await post(posting(`http://rebind.example:${port()}/`))).toMatchObject({ fault: 'address_not_allowed' });
    expect(asked).toHaveLength(2);
  });

  test('to a number is looked at too, and plain http is refused where only public addresses are allowed', async () => {
    const post = postOutside({ clock, reach: 'public', resolve: () => Promise.resolve(at('8.8.8.8')) });
    for (const url of [`https://127.0.0.1:${port()}/`, `https://[::1]:${port()}/`, 'http://example.com/']) {
      expect(await post(posting(url)), url).toMatchObject({ status: null, fault: 'address_not_allowed' });
    }
  });

  test('follows no redirect, hears a wish to wait, and reads no more than a little', async () => {
    const post = postOutside({ clock, reach: 'private_too' });
    expect(await post(posting(`${inside.url}/redirect`))).toMatchObject({ status: 302, verdict: 'redirected' });
    expect(await post(posting(`${inside.url}/wait`))).toMatchObject({ verdict: 'later', retryAfterMs: 30_000 });
    expect(await post(posting(`${inside.url}/endless`))).toMatchObject({ status: 200, verdict: 'taken' });
  });

  test('ends where the server would rather speak another protocol', async () => {
    const other = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
      );
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    const answer = postOutside({ clock, reach: 'private_too' })(posting(url, 500));
    expect(await Promise.race([answer, sleep(10_000)])).toMatchObject({ status: 101, verdict: 'redirected' });
    other.close();
    // It holds no connection of ours either.
    await once(other, 'close');
  });

  test('ends in time where nobody answers, and says what was wrong', async () => {
    const post = postOutside({ clock, reach: 'private_too' });
    expect(await post(posting(`${inside.url}/silent`, 100))).toMatchObject({ status: null, fault: 'timeout' });
    expect(await post(posting('http://127.0.0.1:1/'))).toMatchObject({ status: null, fault: 'connection_failed' });
    expect(await post(posting(inside.url.replace('http:', 'https:')))).toMatchObject({
      status: null,
      fault: 'tls_failed',
    });
    const lost = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    const nowhere = postOutside({ clock, reach: 'public', resolve: () => Promise.reject(lost) });
    expect(await nowhere(posting('https://example.com/'))).toMatchObject({ fault: 'name_not_found' });
  });
});
