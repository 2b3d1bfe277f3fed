// What staff are told of an error: words for each kind that is stored, and never that it is our fault where it is not.
import { expect, it } from 'vitest';
import { reasonOf, reasonOfLetter } from '../../src/fulfilment/reason.ts';

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
