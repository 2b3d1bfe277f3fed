// Sealing: what is sealed opens with its key, for what it belongs to, and in no other way.
import { expect, test } from 'vitest';
import { belongingOf } from '../../src/connections/connection.ts';
import { createSealing, derivedKey, keyIdOf, KeyMissing } from '../../src/platform/sealing.ts';

const OLD = { id: 'old', key: new Uint8Array(32).fill(1) };
const NEW = { id: 'new', key: new Uint8Array(32).fill(2) };
const SARAH = { organisationId: 1, practitionerId: 123, provider: 'zoom' } as const;
const HERS = belongingOf(SARAH);

test('the first key seals, and every key of the ring opens', async () => {
  const sealed = await createSealing([OLD]).seal('secret', HERS);
  expect(sealed.keyId).toBe('old');
  expect(sealed.text).not.toContain('secret');
  const both = createSealing([NEW, OLD]);
  expect(await both.open(sealed.text, HERS)).toBe('secret');
  expect((await both.seal('secret', HERS)).keyId).toBe('new');
});

test('the same secret is never sealed to the same text', async () => {
  const ring = createSealing([OLD]);
  expect((await ring.seal('secret', HERS)).text).not.toBe((await ring.seal('secret', HERS)).text);
});

test.each([
  ['another organisation', { organisationId: 2 }],
  ['another practitioner', { practitionerId: 124 }],
  ['another provider', { provider: 'google' as const }],
])('what is sealed for one does not open for %s', async (_whose, other) => {
  const ring = createSealing([OLD]);
  const { text } = await ring.seal('secret', HERS);
  await expect(ring.open(text, belongingOf({ ...SARAH, ...other }))).rejects.toThrow(/belongs to another/);
});

test('a header, a key or a text that was changed opens nothing', async () => {
  const ring = createSealing([OLD]);
  const parts = (await ring.seal('secret', HERS)).text.split('.');
  const header = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString()) as Record<string, unknown>;
  const forged = Buffer.from(JSON.stringify({ ...header, slk: '1/124/zoom' })).toString('base64url');
  await expect(
    ring.open([forged, ...parts.slice(1)].join('.'), belongingOf({ ...SARAH, practitionerId: 124 })),
  ).rejects.toThrow(/decryption/);
  for (const at of [1, 3, 4]) {
    const broken = parts.with(at, `${parts[at]?.startsWith('A') ? 'B' : 'A'}${parts[at]?.slice(1) ?? ''}`);
    await expect(ring.open(broken.join('.'), HERS)).rejects.toThrow(/decryption/);
  }
  await expect(createSealing([{ ...OLD, key: NEW.key }]).open(parts.join('.'), HERS)).rejects.toThrow(/decryption/);
});

test('a key that is not in the ring is named', async () => {
  const { text } = await createSealing([OLD]).seal('secret', HERS);
  await expect(createSealing([NEW]).open(text, HERS)).rejects.toThrow(KeyMissing);
  await expect(createSealing([NEW]).open(text, HERS)).rejects.toThrow(/"old"/);
});

test('which key sealed a text can be told without opening it', async () => {
  const { text, keyId } = await createSealing([OLD]).seal('secret', HERS);
  expect([keyIdOf(text), keyId, createSealing([NEW, OLD]).currentId]).toEqual(['old', 'old', 'new']);
  expect([keyIdOf('nonsense'), keyIdOf('')]).toEqual(['?', '?']);
});

test('a key derived for one purpose opens nothing of another', async () => {
  const from = new Uint8Array(32).fill(3);
  const { text } = await createSealing([derivedKey('d', from, 'one')]).seal('secret', HERS);
  expect(await createSealing([NEW, derivedKey('d', from, 'one')]).open(text, HERS)).toBe('secret');
  await expect(createSealing([derivedKey('d', from, 'another')]).open(text, HERS)).rejects.toThrow(/decryption/);
});
