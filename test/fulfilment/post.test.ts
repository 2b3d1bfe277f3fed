// What leaves cannot be called back: a runner that stood still past its lease sends nothing any more.
import { expect, test } from 'vitest';
import { watchedPost } from '../../src/fulfilment/steps/post.ts';
import type { TextPost } from '../../src/fulfilment/steps/text-message.ts';
import { LeaseLost } from '../../src/fulfilment/store.ts';
import { OutsideError } from '../../src/platform/outside-error.ts';
import { setClock } from '../../src/platform/time/clock.ts';

const HELD_UNTIL = Temporal.Instant.from('2030-01-01T12:00:30Z');

test.each([
  ['2030-01-01T12:00:29Z', ['mail', 'text']],
  ['2030-01-01T12:00:30Z', []],
  ['2030-01-01T12:05:00Z', []],
])('at %s, of a session held until 12:00:30, %j is sent', async (now, expected) => {
  const sent: string[] = [];
  const tools = {
    clock: setClock(now),
    mailer: { send: async () => sent.push('mail') },
    texter: { send: async () => sent.push('text') },
  } as unknown as TextPost;
  const post = watchedPost(tools, { watch: async (_account, call) => await call() }, () => HELD_UNTIL);
  const [letter, text] = [post.mailer.send({} as never, 1, {} as never), post.texter?.send({} as never, 1)];
  const ended = await Promise.allSettled([letter, text]);
  expect(sent).toEqual(expected);
  const held = expected.length > 0;
  for (const one of ended) expect(one.status === 'rejected' ? one.reason : null).toEqual(held ? null : new LeaseLost());
});

test('a process that stands still while it talks to the mail server lets nothing leave when it wakes', async () => {
  const clock = setClock('2030-01-01T12:00:20Z');
  const answers: (boolean | undefined)[] = [];
  const mailer = {
    send: async (_mail: never, _timeoutMs: number, sending: { mayLeave?(): boolean }) => {
      answers.push(sending.mayLeave?.());
      clock.advance({ seconds: 20 });
      answers.push(sending.mayLeave?.());
      throw new OutsideError({ provider: 'mail', operation: 'send', outcome: 'retryable' });
    },
  };
  const tools = { clock, mailer, texter: null } as unknown as TextPost;
  const post = watchedPost(tools, { watch: async (_account, call) => await call() }, () => HELD_UNTIL);
  await expect(post.mailer.send({} as never, 1, {} as never)).rejects.toThrow(LeaseLost);
  expect(answers).toEqual([true, false]);
});
