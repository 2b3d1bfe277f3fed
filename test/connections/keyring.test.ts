// The keyring: what is sealed opens with its key, for its owner, and in no other way.
import { expect, test } from 'vitest';
import { createKeyring, KeyMissing } from '../../src/connections/keyring.ts';

const OLD = { id: 'old', key: new Uint8Array(32).fill(1) };
const NEW = { id: 'new', key: new Uint8Array(32).fill(2) };
const HERS = { organisationId: 1, practitionerId: 123, provider: 'zoom' };

test('the first key seals, and every key of the ring opens', async () => {
  const sealed = await createKeyring([OLD]).seal('secret', HERS);
  expect(sealed.keyId).toBe('old');
  expect(sealed.text).not.toContain('secret');
  const both = createKeyring([NEW, OLD]);
  expect(await both.open(sealed.text, HERS)).toBe('secret');
  expect((await both.seal('secret', HERS)).keyId).toBe('new');
});

test('the same secret is never sealed to the same text', async () => {
  const ring = createKeyring([OLD]);
  expect((await ring.seal('secret', HERS)).text).not.toBe((await ring.seal('secret', HERS)).text);
});

test.each([
  ['another organisation', { organisationId: 2 }],
  ['another practitioner', { practitionerId: 124 }],
  ['another provider', { provider: 'google' }],
])('what is sealed for one does not open for %s', async (_whose, other) => {
  const ring = createKeyring([OLD]);
  const { text } = await ring.seal('secret', HERS);
  await expect(ring.open(text, { ...HERS, ...other })).rejects.toThrow(/belongs to another/);
});

test('a header, a key or a text that was changed opens nothing', async () => {
  const ring = createKeyring([OLD]);
  const parts = (await ring.seal('secret', HERS)).text.split('.');
  const header = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString()) as Record<string, unknown>;
  const forged = Buffer.from(JSON.stringify({ ...header, slk: '1/124/zoom' })).toString('base64url');
  await expect(ring.open([forged, ...parts.slice(1)].join('.'), { ...HERS, practitionerId: 124 })).rejects.toThrow(
    /decryption/,
  );
  for (const at of [1, 3, 4]) {
    const broken = parts.with(at, `${parts[at]?.startsWith('A') ? 'B' : 'A'}${parts[at]?.slice(1) ?? ''}`);
    await expect(ring.open(broken.join('.'), HERS)).rejects.toThrow(/decryption/);
  }
  await expect(createKeyring([{ ...OLD, key: NEW.key }]).open(parts.join('.'), HERS)).rejects.toThrow(/decryption/);
});

test('a key that is not in the ring is named', async () => {
  const { text } = await createKeyring([OLD]).seal('secret', HERS);
  await expect(createKeyring([NEW]).open(text, HERS)).rejects.toThrow(KeyMissing);
  await expect(createKeyring([NEW]).open(text, HERS)).rejects.toThrow(/"old"/);
});
