// Knows whether the code now running is inside an open transaction, so that nothing there takes a second connection
// behind its back: that would read past the transaction, and can empty the pool while all wait for each other.
import { AsyncLocalStorage } from 'node:async_hooks';

/** `open` turns false at commit or rollback: work left behind by a body is then outside again. */
export type OpenTransaction = { open: boolean };

const current = new AsyncLocalStorage<OpenTransaction>();

export function insideTransaction<T>(scope: OpenTransaction, body: () => Promise<T>): Promise<T> {
  return current.run(scope, body);
}

/** Throws (a bug, never a refusal) where a transaction is open; `what` names the thing that may not be used there. */
export function refuseInsideTransaction(what: string): void {
  if (current.getStore()?.open) {
    throw new Error(`${what} was used inside an open transaction: use the handle the transaction gave you`);
  }
}
