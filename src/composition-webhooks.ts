// What webhooks need of the house: where they may go, how they are posted, and what seals their secrets.
import type { Config } from './config.ts';
import { postOutside } from './platform/http/post-outside.ts';
import { createSealing, derivedKey } from './platform/sealing.ts';
import type { Clock } from './platform/time/clock.ts';

const PURPOSE = 'slotkeeper webhook secrets';

/** `kept`: the installation's own key, which seals where TOKEN_SECRET does not, and opens what it sealed before. */
export function openWebhooks(config: Config, tools: { readonly clock: Clock; readonly kept: Uint8Array }) {
  const given = config.tokenSecret === null ? [] : [Buffer.from(config.tokenSecret.reveal())];
  const keys = given.map((key) => derivedKey('token-secret', key, PURPOSE));
  return {
    webhookReach: config.webhookReach,
    post: postOutside({ clock: tools.clock, reach: config.webhookReach }),
    sealing: createSealing([...keys, derivedKey('installation', tools.kept, PURPOSE)]),
  };
}
