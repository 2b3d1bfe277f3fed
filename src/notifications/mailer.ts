// The port to a mail service: one message out, and whether it surely left, surely did not, or nobody knows.

export type Mail = {
  /** Fixed per letter, without angle brackets: a repeat after an unknown outcome bears the same one (RFC 5322, 3.6.4). */
  readonly messageId: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly calendar: { readonly method: 'REQUEST' | 'CANCEL' | 'PUBLISH'; readonly ics: string } | null;
  /** Further headers by name; values are checked, not trusted. */
  readonly headers: Readonly<Record<string, string>>;
};

/** What a mail service is told of one sending besides the mail. No person is in it. */
export type Sending = {
  /** Names the letter, and comes back with the service's news of it. ASCII letters, digits, underscores and dashes. */
  readonly reference: string;
  /** The same for a sending in doubt and its repeats, another for any other: the service may drop doubles by it. */
  readonly onceKey: string;
  /** An earlier sending under the same key is in doubt. */
  readonly repeated: boolean;
  /** Asked when its words are about to leave; false, and they do not. A conversation can last, and what is true can change. */
  mayLeave?(): boolean;
};

/** `send` throws OutsideError (provider 'mail', operation 'send'): retryable, unknown, refused (this address or message). */
export type Mailer = {
  readonly from: { readonly name: string; readonly address: string };
  /** A sending in doubt can be repeated without a second mail; see MOST_SAFE_REPEATS. */
  readonly repeatsSafely: boolean;
  /** The mail service's name where it is spoken to by its API, as the delivery log keeps it; null: by SMTP. */
  readonly service: string | null;
  /**
   * Answers the service's own id of the message; null where it tells none. For its answer once the words are out it waits
   * `timeoutMs`, and for as long again until they can leave.
   */
  send(mail: Mail, timeoutMs: number, sending: Sending): Promise<string | null>;
  /** Connects and signs in, and sends nothing. Throws as `send` does; bounded by the time-outs of its connections. */
  check(): Promise<void>;
  close(): Promise<void>;
};

/** Services keep their keys for a day; back-off waits two minutes at most, so that so many repeats end well before. */
export const MOST_SAFE_REPEATS = 300;
