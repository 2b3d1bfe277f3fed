// What a reminder by SMS says: the time, the practitioner, nothing else, in one message where it can be.
import { describe, expect, it } from 'vitest';
import { writeReminderText } from '../../src/notifications/text-message.ts';

const facts = {
  practitioner: 'Dr. Sarah Johnson',
  start: Temporal.Instant.from('2030-02-04T15:00:00Z'),
  zone: 'America/New_York',
  sandbox: false,
};
const GSM = /^[A-Za-z0-9 .,:()/_'äöüñàèéùìòÄÖÜÑÇÉßÅåØøÆæ+-]*$/;

describe('the text of a reminder', () => {
  it('says with whom and when, in which zone', () => {
    expect(writeReminderText(facts)).toBe(
      'Reminder: your appointment with Dr. Sarah Johnson, Mon 4 Feb 2030, 10:00 (America/New_York)',
    );
    expect(writeReminderText({ ...facts, zone: 'Europe/Berlin' })).toContain('16:00 (Europe/Berlin)');
    expect(writeReminderText({ ...facts, sandbox: true })).toMatch(/^Sandbox reminder/);
  });

  it.each([
    ['Žofie Ďásková-O’Brien', "Zofie Dásková-O'Brien".replaceAll('á', 'a')],
    ['Dr. Jürgen Müßig', 'Dr. Jürgen Müßig'],
    ['Søren Ångström', 'Søren Ångström'],
    ['A\r\nB\u0000C', 'A B'],
  ])('keeps to the alphabet that phones get in one message: %s', (practitioner, name) => {
    const text = writeReminderText({ ...facts, practitioner });
    expect(text).toContain(name);
    expect(text).toMatch(GSM);
    expect(text.length).toBeLessThanOrEqual(160);
  });

  it('names nobody rather than run into a second message, and leaves the time whole', () => {
    for (const practitioner of ['x'.repeat(200), '王小明'.repeat(10), '👩🏽‍⚕️'.repeat(20), '']) {
      expect(writeReminderText({ ...facts, practitioner })).toBe(
        'Reminder: your appointment, Mon 4 Feb 2030, 10:00 (America/New_York)',
      );
    }
    expect(writeReminderText({ ...facts, zone: 'UTC', practitioner: '王小明' })).toBe(
      'Reminder: your appointment with 王小明, Mon 4 Feb 2030, 15:00 (UTC)',
    );
  });
});
