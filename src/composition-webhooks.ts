// What webhooks need of the house: where they may go, how they are posted, and what seals their secrets.
import { sealingOfWebhooks } from './composition-keys.ts';
import type { Config } from './config.ts';
import { postOutside } from './platform/http/post-outside.ts';
import type { SealingKey } from './platform/sealing.ts';
import type { Clock } from './platform/time/clock.ts';

type Tools = {
  readonly clock: Clock;
  readonly keys: readonly SealingKey[];
  /** The installation's own key. */
  readonly kept: Uint8Array;
};

export function openWebhooks(config: Config, { clock, keys, kept }: Tools) {
  return {
    webhookReach: config.webhookReach,
    post: postOutside({ clock, reach: config.webhookReach }),
    sealing: sealingOfWebhooks(config, keys, kept),
  };
}
