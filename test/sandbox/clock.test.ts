// The sandbox in another program: on a free port, in memory, by a clock of that program's choosing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { asShipped } from '../as-shipped.ts';
import { createLog } from '../../src/platform/log.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { call, microsoftToken, NOW, textAt, zoomToken } from './open-sandbox.ts';

const MEETING = { topic: 'Session', type: 2, start_time: '2099-12-01T10:00:00Z', duration: 60, timezone: 'UTC' };
const open: Sandbox[] = [];
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});

async function inMemory(more: { clockIsOurs?: boolean } = {}) {
  const clock = setClock(NOW);
  const settable = more.clockIsOurs ? { setClock: clock } : {};
  const sandbox = await startSandbox({ port: 0, clock, ...settable, log: createLog('silent') });
  open.push(sandbox);
  const meetings = `${sandbox.addresses.zoomApiUrl}/users/sarah@example.com/meetings`;
  const control = (method: string, path: string, body?: unknown) =>
    call(`${sandbox.url}/control/${path}`, method, {}, body);
  return { ...sandbox, clock, meetings, control };
}

describe('In memory', () => {
  it('several live side by side, each with a world, a clock and addresses of its own', async () => {
    const [one, other] = [await inMemory(), await inMemory()];
    other.clock.set('2031-05-01T00:00:00Z');
    const made = await call(one.meetings, 'POST', await zoomToken(one), MEETING);
    expect(textAt(made.body, 'created_at')).toBe(NOW);
    expect((await call(other.meetings, 'GET', await zoomToken(other))).body).toMatchObject({ total_records: 0 });
    expect((await other.control('GET', 'status')).body).toMatchObject({ now: '2031-05-01T00:00:00Z' });
    expect(one.smtpUrl).not.toBe(other.smtpUrl);
  });

  it('nothing is left when it closes', async () => {
    const one = await inMemory();
    await call(one.meetings, 'POST', await zoomToken(one), MEETING);
    await one.close();
    open.length = 0;
    const again = await inMemory();
    expect((await call(again.meetings, 'GET', await zoomToken(again))).body).toMatchObject({ total_records: 0 });
  });
});

describe('The clock', () => {
  it('ends tokens after their hour, and starts a host’s day anew at midnight in UTC', async () => {
    const { clock, meetings, control, ...sandbox } = await inMemory();
    await control('PATCH', 'switches', { zoomDailyLimit: true });
    const [zoom, graph] = [await zoomToken(sandbox), await microsoftToken(sandbox)];
    const user = `${sandbox.addresses.msGraphUrl}/users/sarah@example.com`;
    for (let count = 0; count < 100; count++) expect((await call(meetings, 'POST', zoom, MEETING)).status).toBe(201);
    expect((await call(meetings, 'POST', zoom, MEETING)).status).toBe(429);
    clock.advance({ minutes: 60 });
    expect((await call(meetings, 'POST', zoom, MEETING)).status).toBe(401);
    expect((await call(user, 'GET', graph)).status).toBe(401);
    expect((await call(meetings, 'POST', await zoomToken(sandbox), MEETING)).status).toBe(429);
    clock.set('2026-11-21T00:00:00Z');
    expect((await call(meetings, 'POST', await zoomToken(sandbox), MEETING)).status).toBe(201);
  });

  it('is nobody’s to set over HTTP unless it was given for that', async () => {
    const { control } = await inMemory();
    expect((await control('POST', 'clock', { now: '2030-01-01T00:00:00Z' })).status).toBe(404);
  });

  it('goes where it is told to over HTTP, where it was given for that', async () => {
    const { control } = await inMemory({ clockIsOurs: true });
    expect(await control('POST', 'clock', { now: '2030-01-01T00:00:00Z' })).toMatchObject({ status: 200 });
    expect((await control('POST', 'clock', { advance: 'PT90M' })).body).toEqual({ now: '2030-01-01T01:30:00Z' });
    expect((await control('GET', 'clock')).body).toEqual({ now: '2030-01-01T01:30:00Z' });
    const wrong = [{}, { now: 'noon' }, { advance: 'soon' }, { advance: 'P1M' }, { now: NOW, advance: 'PT1M' }];
    for (const body of wrong) expect(await control('POST', 'clock', body)).toMatchObject({ status: 400 });
  });

  it('stands where npm run sandbox is told to put it, in memory, until it is set', async () => {
    const options = ['--port', '0', '--memory', '--clock', '2030-01-01T12:00:00Z'];
    const child = spawn(process.execPath, [...asShipped('commands/sandbox.ts'), ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\/\/[\d.:]+/.exec(said.toString())?.[0] ?? '';
    expect((await call(`${url}/control/status`)).body).toMatchObject({ now: '2030-01-01T12:00:00Z' });
    const set = await call(`${url}/control/clock`, 'POST', {}, { advance: 'PT1H' });
    expect(set.body).toEqual({ now: '2030-01-01T13:00:00Z' });
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  });
});
