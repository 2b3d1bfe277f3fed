// The example page in a real browser, against the whole house: somebody far away books, loses a race, moves and cancels,
// with the mouse and without one.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, JOHN, MICHAEL } from '../cast.ts';
import { booked, booking, openHouse, refusal, type OpenHouse } from '../open-house.ts';
import { findChromium, launch, openPage, serveExample } from './open-page.ts';
import { faintTexts } from './read-contrast.ts';

const EXAMPLE = resolve(import.meta.dirname, '../../clients/example');
const path = await findChromium();
if (path === null) process.stderr.write('Skipped: the example in a browser. There is no Chromium on this machine.\n');

test('a browser is there where everything is required', () => {
  expect(path !== null || process.env['REQUIRE_ALL'] === undefined).toBe(true);
});

test('a build reads one setting, the address of the API', async () => {
  const files = (await readdir(join(EXAMPLE, 'src'))).filter((name) => name.endsWith('.ts'));
  const sources = await Promise.all(files.map((name) => readFile(join(EXAMPLE, 'src', name), 'utf8')));
  const read = sources.flatMap((text) => text.match(/import\.meta\.env\S*/g) ?? []);
  expect(read).toEqual([expect.stringContaining("['VITE_SLOTKEEPER_URL']")]);
});

/** Radios are covered by what they look like. */
async function choose(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('radio', { name }).check({ force: true });
}

async function chooseTime(page: Page, day: RegExp, time: RegExp): Promise<void> {
  await choose(page, /Sarah Johnson/);
  await choose(page, day);
  await choose(page, time);
}

/** A browser draws, builds and books on as many cores as the other tests leave it. */
const TIMEOUT_MS = 90_000;

describe.skipIf(path === null)('the example page', { timeout: TIMEOUT_MS }, () => {
  let folder: string;
  let house: OpenHouse;
  let site: Awaited<ReturnType<typeof serveExample>>;
  let browser: Browser;
  const faults: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slotkeeper-example-'));
    // So short that a link may be late on any machine: then the page fetches it, which is right as well.
    house = await openHouse({ settings: { MEETING_WAIT_MS: '500' } });
    [site, browser] = await Promise.all([serveExample(folder, house.url), launch(path ?? '')]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await house?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const visit = (zone: string) => openPage(browser, site.url, zone, faults);

  async function signIn(page: Page, who: 'ada' | 'john', name: string): Promise<void> {
    await page.getByLabel('Access token').fill(house.tokenOf(who));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Your name').fill(name);
  }

  const listOf = async (who: 'ada' | 'john', status: string) => {
    const { body } = await house.get(
      who,
      `/api/users/${who === 'ada' ? 'ada' : JOHN.userId}/appointments?status=${status}`,
    );
    return body['appointments'] as {
      id: number;
      date: string;
      time: string;
      meetingDetails?: { meetingUrl?: string };
    }[];
  };

  test('a visitor in Berlin books a time of New York, and gets the link that the house made', async () => {
    const page = await visit('Europe/Berlin');
    await chooseTime(page, /^Tue 8 Jan/, /^3:00 PM 9:00 AM in New York$/);
    await expect(page.locator('#summary').innerText()).resolves.toMatch(
      /January 8, 2030, 3:00 PM – 4:00 PM\s+In New York: .*9:00 AM/,
    );
    await signIn(page, 'ada', ADA.userName);
    await page.getByRole('button', { name: 'Book this time' }).click();
    const link = page.getByRole('link', { name: 'Join by Zoom' });
    await link.waitFor();
    expect(await page.getByRole('status').first().innerText()).toMatch(/^Booked/);
    const [appointment] = await listOf('ada', 'confirmed');
    expect(appointment).toMatchObject({ date: '2030-01-08', time: '09:00:00' });
    expect(await link.getAttribute('href')).toBe(appointment?.meetingDetails?.meetingUrl);
    // Nobody else is offered it, and the page that booked it does not offer it again.
    await page.getByRole('radio', { name: /^4:00 PM 10:00 AM/ }).waitFor({ state: 'attached' });
    expect(await page.getByRole('radio', { name: /^3:00 PM 9:00 AM/ }).count()).toBe(0);
    await page.context().close();
  });

  test('who loses the race in Los Angeles is offered what is free, takes it, moves it and cancels it', async () => {
    const page = await visit('America/Los_Angeles');
    // She keeps too many already, so that somebody may be faster.
    const full = {
      type: 'x',
      title: 'Too many',
      status: 409,
      code: 'limit_reached',
      message: 'Too many',
      requestId: 'x',
    };
    await page.route('**/api/holds', (route) => route.fulfill({ status: 409, json: full }));
    await chooseTime(page, /^Wed 9 Jan/, /^11:00 AM 2:00 PM in New York$/);
    await signIn(page, 'john', JOHN.userName);
    await booked(house, { ...ADA, date: '2030-01-09', time: '14:00' });
    await page.getByRole('button', { name: 'Book this time' }).click();
    const trouble = page.getByRole('alert').filter({ hasText: 'These are free' });
    await trouble.getByRole('button').first().click();
    await page.getByRole('button', { name: 'Book this time' }).click();
    await page.getByRole('button', { name: /^Move Initial Consultation/ }).click();
    await page.getByRole('heading', { name: 'Move your appointment' }).waitFor();
    await choose(page, /^Thu 10 Jan/);
    await choose(page, /^8:00 AM 11:00 AM/);
    await page.getByRole('button', { name: 'Move it to this time' }).click();
    await page.getByRole('heading', { name: /January 10, 2030, 8:00 AM/ }).waitFor();
    expect(await listOf('john', 'confirmed')).toMatchObject([{ date: '2030-01-10', time: '11:00:00' }]);
    const cancel = page.getByRole('button', { name: /^Cancel Initial Consultation/ });
    await cancel.click();
    await page.getByRole('button', { name: 'Keep it', exact: true }).click();
    await cancel.click();
    await page.getByRole('button', { name: 'Cancel it' }).click();
    await page.getByText('Cancelled. The time is free again.').waitFor();
    expect(await listOf('john', 'confirmed')).toEqual([]);
    expect(await listOf('john', 'cancelled')).toMatchObject([{ date: '2030-01-10' }]);
    await page.context().close();
  });

  test('a time is the visitor’s while the form is filled in, and free again once another is chosen or the page is left', async () => {
    const page = await visit('Europe/Berlin');
    const holds = (state: string, count: number) =>
      house.until(
        async () =>
          (
            await house.rows(`select id from hold where state = $1 and practitioner_id = $2`, [
              state,
              MICHAEL.practitionerId,
            ])
          ).length,
        (found) => found === count,
      );
    const { practitionerId, practitionerName } = MICHAEL;
    const eve = { userId: 'eve', userEmail: 'eve@example.com', videoMeetingConfig: { platform: 'zoom' } };
    const wish = { practitionerId, practitionerName, ...eve, date: '2030-01-11', time: '10:00' };
    await choose(page, /Michael Lee/);
    await signIn(page, 'ada', ADA.userName);
    await choose(page, /^Fri 11 Jan/);
    await choose(page, /^10:00 AM/);
    await page.getByText(/^Kept for you until /).waitFor();
    // Nobody is faster now, and the visitor may change her mind.
    expect(refusal(await house.post('service', '/api/appointments', booking(wish)))).toEqual([409, 'slot_taken']);
    await choose(page, /^2:00 PM/);
    await holds('released', 1);
    const other = await booked(house, wish);
    await holds('open', 1);
    await page.getByRole('button', { name: 'Book this time' }).click();
    await page.getByRole('heading', { name: /January 11, 2030, 2:00 PM/ }).waitFor();
    await holds('confirmed', 1);
    await page.getByRole('radio', { name: /^2:00 PM/ }).waitFor({ state: 'detached' });
    // Who only looks through the times asks for one of them: that at which she stops.
    await page.getByRole('radio', { name: /^3:00 PM/ }).focus();
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('ArrowDown');
    await holds('open', 1);
    const placed = (await house.rows('select id from hold where practitioner_id = $1', [practitionerId])).length;
    expect(placed).toBe(3);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await holds('released', 2);
    await signIn(page, 'ada', ADA.userName);
    await page.getByText(/^Kept for you until /).waitFor();
    await page.goto('about:blank');
    await holds('released', 3);
    await page.context().close();
    const [hers] = await listOf('ada', 'confirmed').then((all) => all.filter(({ date }) => date === '2030-01-11'));
    for (const id of [other, hers?.id])
      expect((await house.put('staff', `/api/appointments/${id}/cancel`, {})).status).toBe(200);
  });

  test('the whole of it can be done from the keyboard, and each fault is said where it is', async () => {
    const page = await visit('Europe/London');
    await page.getByRole('radio', { name: /Sarah Johnson/ }).waitFor({ state: 'attached' });
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.id ?? '');
    /** Presses Tab until a control has the focus; far more than there are controls. */
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 60 && (await focused()) !== name; presses += 1) await page.keyboard.press('Tab');
      expect(await focused()).toBe(name);
    };
    await tabTo('practitioner');
    await page.keyboard.press('Space');
    await page.getByRole('radio', { name: /^Tue 8 Jan/ }).waitFor({ state: 'attached' });
    await tabTo('slot');
    await page.keyboard.press('ArrowDown');
    const chosen = await page.locator('[name=slot]:checked').getAttribute('value');
    await tabTo('submit');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Sign in first.').innerText()).resolves.toBeTruthy();
    expect(await focused()).toBe('token');
    await page.keyboard.insertText(house.tokenOf('john'));
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('name');
    await tabTo('submit');
    await page.keyboard.press('Enter');
    await page.getByText('Tell us your name.').waitFor();
    expect([await focused(), await page.locator('#name').getAttribute('aria-invalid')]).toEqual(['name', 'true']);
    await page.keyboard.insertText(JOHN.userName);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Join by Zoom' }).waitFor();
    const [appointment] = await listOf('john', 'confirmed');
    const wall = Temporal.Instant.from(chosen ?? '')
      .toZonedDateTimeISO('America/New_York')
      .toPlainDateTime();
    expect(`${appointment?.date}T${appointment?.time}`).toBe(wall.toString());
    await page.context().close();
  });

  test('a link that is late is said to be on its way, and comes by itself', async () => {
    await house.orderFault({ provider: 'zoom', operation: 'create', status: 503, times: 1 });
    const page = await visit('America/New_York');
    await chooseTime(page, /^Fri 11 Jan/, /^1:00 PM$/);
    await signIn(page, 'ada', ADA.userName);
    await page.getByRole('button', { name: 'Book this time' }).click();
    const card = page.getByRole('listitem').filter({ hasText: 'January 11, 2030' });
    await card.getByText('Your Zoom link is being made. It also comes by e-mail.').waitFor();
    await house.until(
      () => listOf('ada', 'confirmed'),
      (list) => list.every(({ meetingDetails }) => meetingDetails?.meetingUrl !== undefined),
      { seconds: 1 },
    );
    expect(await card.getByRole('link', { name: 'Join by Zoom' }).getAttribute('href')).toMatch(/^http:/);
    await page.context().close();
  });

  test('what the practice has to approve is said to be asked for, not booked', async () => {
    const type = { name: 'Assessment', durationMinutes: 60, platforms: ['zoom'], requiresApproval: true };
    const { body: added } = await house.ask('staff', 'POST', '/api/session-types', { body: type });
    const sessionTypes = [{ id: 1001 }, { id: 1002 }, { id: added['id'] }];
    const offered = await house.ask('staff', 'PATCH', '/api/practitioners/123', { body: { sessionTypes } });
    expect(offered.status, offered.text).toBe(200);
    const page = await visit('America/New_York');
    await choose(page, /Sarah Johnson/);
    await choose(page, /^Assessment/);
    await chooseTime(page, /^Fri 11 Jan/, /^3:00 PM$/);
    await signIn(page, 'ada', ADA.userName);
    await page.getByRole('button', { name: 'Book this time' }).click();
    const card = page.getByRole('listitem').filter({ hasText: 'Assessment with' });
    await card.getByText('Asked for, not confirmed yet. You are told by e-mail.').waitFor();
    expect(await page.getByRole('status').first().innerText()).toMatch(/^Asked for: the practice has to confirm it/);
    await page.context().close();
  });

  test('words stand out from their ground, in light and in dark, and a phone need not be scrolled sideways', async () => {
    const page = await visit('Asia/Tokyo');
    await page.setViewportSize({ width: 360, height: 740 });
    await choose(page, /Michael Lee/);
    await page.locator('[name=slot]').first().check({ force: true });
    await page.getByRole('button', { name: 'Book this time' }).click();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate(faintTexts, 4.5), colorScheme).toEqual([]);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.context().close();
  });

  test('no page complained of a fault of its own', () => {
    expect(faults).toEqual([]);
  });
});
