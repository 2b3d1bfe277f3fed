// The settings of holds, series and the waitlist.

export const HOLD_GROUP = {
  title: 'Holds, series and waitlist: time kept for clients, and how much of it',
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
    {
      name: 'WAITLIST_HOLD_MINUTES',
      default: '120',
      meaning: 'How long a time that came free is kept for whoever it is offered to, 10 to 1440.',
    },
    {
      name: 'WAITLIST_PER_CLIENT',
      default: '3',
      meaning: 'Entries of one client on the waitlist, 1 to 50; staff may add more.',
    },
  ],
} as const;
