// The settings of holds and series.

export const HOLD_GROUP = {
  title: 'Holds and series: time kept for clients, and how much of it',
  settings: [
    { name: 'HOLD_MINUTES', default: '10', meaning: 'How long a time is held, 1 to 60.' },
    { name: 'HOLDS_PER_CLIENT', default: '2', meaning: 'Open holds of one client, 1 to 20.' },
    {
      name: 'HOLDS_PER_DAY',
      default: '8',
      meaning: 'Open holds on one day of one practitioner, 1 to 100; past it one can book, and not hold.',
    },
    {
      name: 'SERIES_PER_CLIENT',
      default: '4',
      meaning: 'Series of one client that have dates to come, 1 to 100; staff may book more.',
    },
  ],
} as const;
