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

/** `send` throws OutsideError (provider 'mail', operation 'send'): retryable, unknown, refused (this address or message). */
export type Mailer = {
  readonly from: { readonly name: string; readonly address: string };
  send(mail: Mail, timeoutMs: number): Promise<void>;
  /** Connects and signs in, and sends nothing. Throws as `send` does; bounded by the time-outs of its connections. */
  check(): Promise<void>;
  close(): Promise<void>;
};
