// What one statement is to the driver. What it asks is its room's.
export type Statement = { readonly name?: string; readonly text: string; readonly values?: readonly unknown[] };

/** A statement prepared once per connection under its name. One name means one text, always. */
export type NamedStatement = Statement & { readonly name: string };
