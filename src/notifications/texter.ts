// The port to an SMS service: one short text out, and a look-up of those that left. Services repeat what they are asked twice,
// so what became of a sending in doubt is looked up before it is done again.

export type Text = {
  /** E.164. */
  readonly to: string;
  readonly text: string;
};

/** All throw OutsideError. */
export type Texter = {
  /** The service's name, as the delivery log keeps it. */
  readonly service: string;
  /** Answers the service's own id of the message. */
  send(text: Text, timeoutMs: number): Promise<string>;
  /** The id of the same text to the same number, handed over at `since` or later; null: there is none. */
  find(text: Text, since: Temporal.Instant, timeoutMs: number): Promise<string | null>;
};
