// The plan of the house as data: the floors from top to ground, the words a file may be named with, and every exception
// with its reason beside it. A new room, noun or exception is added here, knowingly.

/** Each may import from the lines below its own, never from its own line or above. */
export const FLOORS: readonly (readonly string[])[] = [
  ['main'],
  ['commands'],
  ['app', 'worker'],
  ['composition'],
  ['config'],
  ['fulfilment'],
  ['appointments'],
  ['availability'],
  ['schedules'],
  ['practitioners'],
  ['calendars'],
  ['webhooks', 'audit'],
  ['connections'],
  ['identity'],
  ['occupancy'],
  ['journal'],
  ['meetings'],
  ['notifications'],
  ['operations'],
  ['platform'],
];

/** Beside the house: it may use platform/ alone, and only those who start it may import it. */
export const SANDBOX = 'sandbox';
export const STARTS_SANDBOX: readonly string[] = ['composition', 'commands'];

/** The only ones who may import composition. Tests may too. */
export const USES_COMPOSITION: readonly string[] = ['main', 'commands', 'app', 'worker'];

/** What a file in a room may be, besides an act and a noun. `store-slots.ts` is a piece of `store.ts`. */
export const ROLES: readonly string[] = ['routes', 'store', 'schemas', 'jobs', 'provider'];

/** First words of acts. */
export const VERBS: readonly string[] = [
  'accept',
  'add',
  'align',
  'answer',
  'approve',
  'authenticate',
  'await',
  'book',
  'bring',
  'cancel',
  'carry',
  'change',
  'check',
  'close',
  'confirm',
  'connect',
  'create',
  'decide',
  'decline',
  'deliver',
  'end',
  'expire',
  'find',
  'found',
  'hold',
  'inherit',
  'issue',
  'lapse',
  'lay',
  'list',
  'lock',
  'override',
  'place',
  'propose',
  'publish',
  'read',
  'record',
  'refresh',
  'release',
  'remove',
  'reopen',
  'replay',
  'reschedule',
  'retry',
  'revoke',
  'rotate',
  'send',
  'set',
  'show',
  'sweep',
  'sync',
  'take',
  'wait',
  'write',
];

/** The nouns of each room: what a file may be about that is neither act nor role. Pure, unless the room says otherwise. */
export const NOUNS: Readonly<Record<string, readonly string[]>> = {
  fulfilment: [
    'accounts',
    'budget',
    'circuit',
    'gate',
    'lease',
    'held',
    'traffic',
    'plan',
    'reason',
    'back-off',
    'letters-owed',
    'letters-together',
    'reminders-owed',
    'carry-out',
    'sweep',
    'telling',
    'topics',
  ],
  appointments: [
    'appointment',
    'booking',
    'needs',
    'override',
    'request',
    'session',
    'series',
    'client',
    'diary',
    'free-times',
    'offer',
    'waitlist',
  ],
  availability: [
    'answer',
    'among',
    'desk',
    'explanation',
    'fairness',
    'free-time',
    'last-found',
    'limits',
    'packing',
    'reasons',
    'skipped',
    'slots',
    'soonest',
    'units',
  ],
  schedules: ['compiled', 'faults', 'holidays', 'recurrence', 'schedule', 'time-off', 'weekly-hours'],
  practitioners: [
    'practitioner',
    'session-type',
    'resource',
    'windows',
    'name',
    'call',
    'languages',
    'limits',
    'reminders',
    'auto-close',
  ],
  calendars: ['calendar-event', 'ics'],
  webhooks: ['back-off', 'endpoint', 'event', 'signature', 'topics'],
  audit: [],
  connections: ['account-letter', 'connected-tokens', 'connection', 'result-page'],
  identity: ['actor', 'api-key', 'authenticate', 'guest-link', 'issuer-keys', 'outside-claims', 'scope', 'token'],
  occupancy: ['claims', 'hold', 'occupancy'],
  journal: ['events', 'record'],
  meetings: ['life', 'meeting', 'news'],
  notifications: [
    'clean-text',
    'delivery',
    'ics',
    'letter',
    'letter-html',
    'letter-text',
    'letter-words',
    'series-letter',
    'mail-trouble',
    'mailer',
    'news',
    'offer-letter',
    'reminder',
    'text-message',
    'texter',
    'spoken-time',
    'vtimezone',
  ],
  operations: [],
};

/** Folders a room may have: providers behind its port, and the steps of fulfilment. Free nouns inside. */
export const SUBFOLDERS: Readonly<Record<string, readonly string[]>> = {
  fulfilment: ['steps'],
  calendars: ['providers'],
  connections: ['providers'],
  meetings: ['providers'],
  notifications: ['providers'],
};

/** Words that say nothing about what is inside. */
export const EMPTY_WORDS: readonly string[] = [
  'base',
  'common',
  'constants',
  'helper',
  'helpers',
  'index',
  'interfaces',
  'lib',
  'manager',
  'managers',
  'misc',
  'models',
  'service',
  'services',
  'shared',
  'stuff',
  'types',
  'util',
  'utils',
];

/** Rules without I/O: no database, no network, no clock of their own. */
export const PURE: readonly string[] = [
  'src/appointments/appointment.ts',
  'src/appointments/override.ts',
  'src/appointments/request.ts',
  'src/appointments/series.ts',
  'src/appointments/free-times.ts',
  'src/appointments/offer.ts',
  'src/appointments/waitlist.ts',
  'src/availability/free-time.ts',
  'src/availability/explanation.ts',
  'src/availability/limits.ts',
  'src/availability/packing.ts',
  'src/availability/slots.ts',
  'src/availability/units.ts',
  'src/fulfilment/budget.ts',
  'src/fulfilment/circuit.ts',
  'src/fulfilment/plan.ts',
  'src/identity/actor.ts',
  'src/meetings/life.ts',
  'src/occupancy/hold.ts',
  'src/occupancy/occupancy.ts',
  'src/practitioners/auto-close.ts',
  'src/practitioners/limits.ts',
  'src/practitioners/practitioner.ts',
  'src/practitioners/resource.ts',
  'src/practitioners/session-type.ts',
  'src/practitioners/windows.ts',
  'src/schedules/compiled.ts',
  'src/schedules/faults.ts',
  'src/schedules/schedule.ts',
];

/** An exception: the file (or a folder, with a slash at its end), and why. */
export type Exceptions = Readonly<Record<string, string>>;

export const MAY_READ_ENVIRONMENT: Exceptions = {
  'src/config.ts': 'the only reader',
};

export const MAY_READ_THE_TIME: Exceptions = {
  'src/platform/time/clock.ts': 'the one source of now',
};

export const MAY_USE_DATE: Exceptions = {
  'src/platform/time/clock.ts': 'reads the machine',
  'src/platform/database/': 'the driver speaks Date',
  'src/webhooks/signature.ts': 'the library that signs takes a Date',
  'src/platform/http/retry-after.ts': 'Temporal does not read HTTP dates (RFC 9110, 5.6.7)',
};

export const MAY_HOLD_SQL: Exceptions = {
  'src/platform/': 'database, queue, limits and keys belong to no room',
  'src/sandbox/state.ts': 'a file database of its own, which no room ever sees',
};

export const MAY_KNOW_STATUS: Exceptions = {
  'src/platform/http/': 'the one table of kinds to status',
  'src/sandbox/': 'its own world: it answers as the providers do',
};

export const MAY_NAME_VENDORS: Exceptions = {
  'src/sandbox/': 'emulates them',
  'src/config': 'their credentials and addresses are settings',
  'src/composition': 'chooses among them',
  'src/connections/connection.ts': 'which account makes which links',
  'src/connections/providers/': 'speaks to them',
  'src/connections/schemas': 'examples name one',
  'src/meetings/provider.ts': 'platform ids as the contract spells them',
  'src/calendars/provider.ts': 'calendar ids as settings and tables spell them',
  'src/calendars/providers/': 'speaks to them',
  'src/meetings/providers/': 'speaks to them',
  'src/notifications/providers/': 'speaks to them',
  'src/appointments/schemas': "the contract's fields and examples bear the platforms' names",
  'src/fulfilment/routes': "the contract's four direct endpoints bear the names in their paths",
  'src/fulfilment/schemas': "the contract's four direct endpoints bear the names in their fields",
  'src/notifications/series-letter.ts': 'tells people that they may have to knock',
  'src/notifications/letter-words.ts': 'tells people which programme the link opens',
  'src/platform/database/tables': 'the values of checked columns',
};

export const LONGEST_FILE = 300;
