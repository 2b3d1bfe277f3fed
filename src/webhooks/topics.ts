// The words that ring for followers of the journal and for those who deliver.

/** An organisation's journal has grown; the word is the organisation's id. */
export const ENTRIES = 'journal';
/** An endpoint is owed something; the word says nothing. */
export const OWED = 'webhooks';
