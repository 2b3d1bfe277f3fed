// Takes down what a mail service told of letters: their delivery rises, and an address that bounces for good or complains is
// not written to any more. Told twice or out of order, it comes to the same.
import { record } from '../journal/record.ts';
import { isRise, readReference, stopsMail, type News } from '../notifications/delivery.ts';
import { findByServiceIds, insertTrouble, lockLetterTold, updateDelivery } from '../notifications/store-delivery.ts';
import type { Transaction, Transactor } from '../platform/database/transaction.ts';
import type { Log } from '../platform/log.ts';
import type { Clock } from '../platform/time/clock.ts';

export type NewsTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation' | 'scan'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly installation: string;
};

type Addressed = { readonly organisationId: number; readonly letterId: number; readonly news: News };

/** All of it, or nothing of an organisation whose transaction failed; the service posts it again. */
export async function recordMailNews(tools: NewsTools, service: string, news: readonly News[]): Promise<void> {
  const addressed = await addressNews(tools, service, news);
  const strangers = news.length - new Set(addressed.map((one) => one.news)).size;
  const byOrganisation = Map.groupBy(addressed, ({ organisationId }) => organisationId);
  let unknown = strangers;
  for (const [organisationId, own] of byOrganisation) {
    // In the order of ids, so that two posts at once do not wait for each other in a ring.
    const ordered = own.toSorted((a, b) => a.letterId - b.letterId);
    unknown += await tools.transactor.inOrganisation(organisationId, async (tx) => {
      let missing = 0;
      for (const one of ordered) if (!(await takeDown(tools, tx, one))) missing += 1;
      return missing;
    });
  }
  tools.log.info({ service, news: news.length, unknown }, 'news of letters');
}

/** By our own reference where it came back, else by the service's id. */
async function addressNews(tools: NewsTools, service: string, news: readonly News[]): Promise<Addressed[]> {
  const addressed: Addressed[] = [];
  const nameless: News[] = [];
  for (const one of news) {
    const found = one.reference === null ? null : readReference(tools.installation, one.reference);
    if (found) addressed.push({ ...found, news: one });
    else if (one.reference === null && one.serviceIds.length > 0) nameless.push(one);
  }
  if (nameless.length === 0) return addressed;
  const ids = nameless.flatMap(({ serviceIds }) => serviceIds);
  const letters = await tools.transactor.scan('letter', (tx) => findByServiceIds(tx, service, ids));
  for (const one of nameless) {
    const found = letters.find(({ serviceId }) => one.serviceIds.includes(serviceId));
    if (found) addressed.push({ ...found, news: one });
  }
  return addressed;
}

/** False where there is no such letter. */
async function takeDown(tools: NewsTools, tx: Transaction, { letterId, news }: Addressed): Promise<boolean> {
  const letter = await lockLetterTold(tx, letterId);
  if (!letter) return false;
  if (!isRise(letter.known, news)) return true;
  const at = tools.clock.now();
  await updateDelivery(tx, letterId, news, at);
  if (!stopsMail(news) || letter.addressDigest === null) return true;
  const { recipient: personKind, personId, addressDigest } = letter;
  const trouble = {
    personKind,
    personId,
    addressDigest,
    kind: news.delivery,
    reason: news.reason,
    letterId,
    since: at,
  };
  if (!(await insertTrouble(tx, trouble))) return true;
  await record(tx, {
    at,
    event: 'mail.stopped',
    actor: { role: 'system', ref: 'mail-service' },
    subject: { kind: personKind, id: personId },
    revision: 1,
    facts: { kind: news.delivery, reason: news.reason, letterId },
  });
  return true;
}
