// What staff are told of an error: words for each kind that is stored, and never that it is our fault where it is not.
import { expect, it } from 'vitest';
import { reasonOf, reasonOfLetter, reasonToHer } from '../../src/fulfilment/reason.ts';

it.each(['retryable', 'unknown', 'absent', 'refused', 'reconnect'])('%s is told in words of its own', (outcome) => {
  const told = [reasonOf(`${outcome} zoom create 403`), reasonOfLetter(`${outcome} 550`)];
  for (const words of told) expect(words).not.toMatch(/fault of our own/);
  expect(new Set(told).size).toBe(2);
});

it('a place without credentials, an address that is stopped and a fault of ours are told apart', () => {
  expect(reasonOf('reconnect zoom keep not_configured')).toMatch(/no credentials for the place/);
  expect(reasonOfLetter('address_bounced mailbox_full')).toMatch(/none is sent there/);
  expect(reasonOf('reconnect zoom token missing_scopes')).toMatch(/practitioner’s account granted too little/);
  expect(reasonOf('reconnect zoom token 400 invalid_grant')).toMatch(/does not take our credentials/);
  expect(reasonOf('internal fault')).toMatch(/fault of our own/);
});

it('whom a provider does not know is told so, rather than that it refuses', () => {
  expect(reasonOf('refused zoom create 404 1001')).toMatch(/no such account/);
  expect(reasonToHer('refused zoom create 404 1001')).toMatch(/no account with your address/);
  expect(reasonOf('refused zoom update 404 3001')).toMatch(/refuses it/);
});

it.each([
  ['refused zoom create 403 4711', /refuses to make it.*ask your practice/],
  ['reconnect zoom token 400 invalid_grant', /sign-in.*tell your practice/],
  ['reconnect zoom keep not_configured', /not signed in.*tell your practice/],
  ['refused microsoft read link_missing', /no link.*ask your practice/],
  ['reconnect zoom token needs_reconnect', /your own account.*connected again/i],
  ['reconnect zoom token key_missing', /your own account.*tell your practice/i],
])('a practitioner is told of %s what she can do, in no words of an operator', (error, words) => {
  expect(reasonToHer(error)).toMatch(words);
  expect(reasonToHer(error)).not.toMatch(/retry|credential|ENCRYPTION_KEYS|deployment/);
});
