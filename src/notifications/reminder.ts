// Knows what may be set about reminders: how long before a start, by which channels, to whom. When one is owed is decided by
// fulfilment, who may set it by practitioners/.

export const CHANNELS = ['email', 'sms'] as const;
export type Channel = (typeof CHANNELS)[number];

export type Reminders = {
  /** Minutes before the start, elapsed; the longest first, each once. None: no reminders. */
  readonly leadMinutes: readonly number[];
  /** How the client is told. */
  readonly channels: readonly Channel[];
  /** Whether the practitioner is reminded too, by e-mail. */
  readonly practitioner: boolean;
};

/** Nearer than five minutes a mail comes too late to be of use; a month ahead it is a confirmation. */
export const LEAD_MINUTES = { minimum: 5, maximum: 43_200 } as const;
/** More letters about one appointment are a nuisance. */
export const MOST_LEADS = 6;

/** In one order, each once: equal settings are equal texts. */
export function ordered(given: Reminders): Reminders {
  return {
    leadMinutes: [...new Set(given.leadMinutes)].toSorted((a, b) => b - a),
    channels: CHANNELS.filter((channel) => given.channels.includes(channel)),
    practitioner: given.practitioner,
  };
}

export function sameReminders(a: Reminders | null, b: Reminders | null): boolean {
  return JSON.stringify(a && ordered(a)) === JSON.stringify(b && ordered(b));
}
