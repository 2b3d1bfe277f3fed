// The two words fulfilment rings and hears between processes.

/** A session has become due; the word is its id. */
export const WORK = 'fulfilment';
/** Something outside has come true for a session; the word is its id. */
export const NEWS = 'session';
