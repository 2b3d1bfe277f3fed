import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asShipped } from '../as-shipped.ts';
import { createLog } from '../../src/platform/log.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { sandboxAddresses } from '../../src/sandbox/addresses.ts';
import { askSandbox } from '../../src/sandbox/ask.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { NOW, call, googleToken, openSandbox, zoomToken } from './open-sandbox.ts';

const MEETING = { topic: 'Session', type: 2, start_time: '2099-12-01T10:00:00Z', duration: 60, timezone: 'UTC' };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('The sandbox', () => {
  it('gives a second process the same credentials and mail address', async () => {
    const sandbox = await openSandbox();
    const asked = await askSandbox(sandbox.url);
    expect(asked).toEqual({ sandbox: true, smtpUrl: sandbox.smtpUrl, credentials: sandbox.credentials });
    expect((await call(`${sandbox.url}/control/status`)).body).toMatchObject({ sandbox: true });
    await sandbox.done();
  });

  it('tells nothing and a stranger from a sandbox', async () => {
    const port = await freePort();
    await expect(askSandbox(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
      name: 'NoSandbox',
      reason: 'nothing',
    });
    const sandbox = await openSandbox();
    await expect(askSandbox(`${sandbox.url}/zoom`)).rejects.toMatchObject({ name: 'NoSandbox', reason: 'stranger' });
    await sandbox.done();
  });

  it('refuses a port that is taken, leaves the running one alone, and frees everything on close', async () => {
    const sandbox = await openSandbox();
    const port = Number(new URL(sandbox.url).port);
    const again = { port, folder: sandbox.folder, clock: setClock(NOW), log: createLog('silent') };
    await expect(startSandbox(again)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect((await askSandbox(sandbox.url)).credentials).toEqual(sandbox.credentials);
    await sandbox.close();
    const reopened = await startSandbox(again);
    expect(reopened).toMatchObject({ url: sandbox.url, smtpUrl: sandbox.smtpUrl, credentials: sandbox.credentials });
    await reopened.close();
    await rm(sandbox.folder, { recursive: true, force: true });
  });

  it('keeps meetings, tokens and letters over a restart, and forgets them on a reset', async () => {
    const sandbox = await openSandbox();
    const auth = await zoomToken(sandbox);
    const made = await call(`${sandbox.addresses.zoomApiUrl}/users/a@example.com/meetings`, 'POST', auth, MEETING);
    await sandbox.close();
    const again = await openSandbox({ folder: sandbox.folder });
    const url = `${again.addresses.zoomApiUrl}/meetings/${String(made.body['id'])}`;
    expect((await call(url, 'GET', auth)).body['uuid']).toBe(made.body['uuid']);
    expect((await googleToken(again)).authorization).toMatch(/^Bearer /);
    expect((await fetch(`${again.url}/control/state`, { method: 'DELETE' })).status).toBe(204);
    expect((await call(url, 'GET', auth)).status).toBe(404);
    await again.done();
  });

  it('refuses a body past its bound in the words of the provider', async () => {
    const sandbox = await openSandbox();
    const auth = await zoomToken(sandbox);
    const large = await call(
      `${sandbox.addresses.zoomApiUrl}/users/a@example.com/meetings`,
      'POST',
      auth,
      'x'.repeat(2_000_000),
    );
    expect(large).toMatchObject({ status: 413, body: { code: 413 } });
    await sandbox.done();
  });

  it('killed at any moment, has kept every meeting that it answered', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slotkeeper-sandbox-kill-'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const start = async () => {
      const child = spawn(
        process.execPath,
        [...asShipped('commands/sandbox.ts'), '--port', String(port), '--folder', folder],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      await once(child.stdout, 'data');
      return child;
    };
    const first = await start();
    const asked = await askSandbox(url);
    const auth = await zoomToken({ ...asked, url, addresses: sandboxAddresses(url), close: async () => undefined });
    const answered: unknown[] = [];
    const book = async (): Promise<void> => {
      for (;;) {
        const made = await call(`${url}/zoom/v2/users/a@example.com/meetings`, 'POST', auth, MEETING).catch(
          () => undefined,
        );
        if (made?.status !== 201) return;
        answered.push(made.body['id']);
        if (answered.length === 60) first.kill('SIGKILL');
      }
    };
    await Promise.all([book(), book(), book(), book()]);
    expect(answered.length).toBeGreaterThanOrEqual(60);
    const second = await start();
    const live = new Set(
      (await (await fetch(`${url}/control/zoom/meetings`)).json()).map((one: { id: unknown }) => one.id),
    );
    expect(answered.filter((id) => !live.has(id))).toEqual([]);
    expect(await askSandbox(url)).toEqual(asked);
    second.kill('SIGTERM');
    expect((await once(second, 'exit'))[0]).toBe(0);
    await rm(folder, { recursive: true, force: true });
  });
});
