// A start with every provider, mail server and issuer gone silent: nobody is waited for, and bookings go on.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../open-database.ts';
import { callerOf, workday } from '../races/caller.ts';
import { runServer, tokenFor } from '../races/run-server.ts';

const WITHIN_MS = 120_000;
/** A call to a provider is given up after 8 s and more; a booking that waited for one would take that much longer. */
const SHORTEST_TIMEOUT_MS = 8_000;

/** Takes every connection and says nothing, ever. */
const sockets = new Set<Socket>();
const silence = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.resume();
});
let folder: string;
let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  await new Promise<void>((resolve) => silence.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-silence-'));
  database = await createDatabase();
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silence.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test(
  'a start asks no provider anything, and a booking is answered though none of them answers',
  { timeout: WITHIN_MS },
  async () => {
    const away = `127.0.0.1:${(silence.address() as AddressInfo).port}`;
    const settings = {
      DATABASE_URL: database.ownerUrl,
      DATA_DIR: folder,
      DEMO: '1',
      PORT: '0',
      MEETING_WAIT_MS: '300',
      // A call is out when it is told to stop, and nobody answers it.
      SHUTDOWN_MS: '4000',
      ZOOM_ACCOUNT_ID: 'a',
      ZOOM_API_KEY: 'k',
      ZOOM_API_SECRET: 's',
      MS_TENANT_ID: 't',
      MS_CLIENT_ID: 'c',
      MS_CLIENT_SECRET: 's',
      GOOGLE_CLIENT_ID: 'c',
      GOOGLE_CLIENT_SECRET: 's',
      GOOGLE_REFRESH_TOKEN: 'r',
      OIDC_ISSUER: `http://${away}/issuer`,
      OIDC_AUDIENCE: 'slotkeeper',
      SMTP_URL: `smtp://${away}`,
      ...Object.fromEntries(
        ['ZOOM_API_URL', 'ZOOM_OAUTH_URL', 'GOOGLE_API_URL', 'GOOGLE_OAUTH_URL', 'GOOGLE_MEET_URL', 'MS_GRAPH_URL']
          .concat('MS_LOGIN_URL')
          .map((name) => [name, `http://${away}`]),
      ),
    };
    const server = await runServer(settings);
    try {
      // Nobody was asked, so nobody was waited for.
      expect(sockets.size).toBe(0);
      const token = await tokenFor(settings, 'service');
      const caller = callerOf([server], token);
      const booking = { practitionerId: 789, date: workday(0), time: '09:00', client: 'ann', platform: 'zoom' };
      const { status, body, ms } = await caller.book(booking);
      expect([status, body['meetingDetails']]).toEqual([201, expect.objectContaining({ status: 'pending' })]);
      expect(ms).toBeLessThan(SHORTEST_TIMEOUT_MS);
      await expect.poll(() => sockets.size).toBeGreaterThan(0);
    } finally {
      await server.stop();
    }
  },
);
