// Mail servers for these tests: a true one that keeps what it gets, and one that speaks just enough SMTP to fail at a chosen step.
import { createServer, type Socket } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export type Received = { readonly parsed: ParsedMail; readonly raw: string; readonly to: readonly string[] };

/** A real server that accepts without TLS; `options` may refuse at any step. */
export async function openMailbox(options: SMTPServerOptions = {}) {
  const inbox: Received[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    // A mailer keeps its connections; closing must not wait for it to let go.
    closeTimeout: 20,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks);
        const to = session.envelope.rcptTo.map((one) => one.address);
        simpleParser(raw)
          .then((parsed) => inbox.push({ parsed, raw: raw.toString(), to }))
          .then(() => done(), done);
      });
    },
    ...options,
  });
  server.on('error', () => {
    // A client that goes away in the middle is what some of these tests are about.
  });
  const port = await new Promise<number>((resolve, reject) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      const address = listening.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else resolve(address.port);
    });
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  return { inbox, url: `smtp://127.0.0.1:${port}`, close, [Symbol.asyncDispose]: close };
}

/** The steps of one letter, in order. `body`: in the middle of the data. `end`: after it, instead of an answer. */
export type Step = 'connect' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'end';
/** A reply to give at that step, or what to do with the connection instead of one. */
export type Mishap = { readonly at: Step; readonly act: 'close' | 'reset' | 'silence' | (string & {}) };

/** Plays the protocol up to the mishap, the first `healthy` letters without one; `taken` counts data that came in whole. */
export async function openBrokenServer(mishap: Mishap, extensions: readonly string[] = [], healthy = 0) {
  let taken = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let data = false;
    let rest = '';
    let broken = false;
    const answer = (step: Step, reply: string): boolean => {
      if (broken) return false;
      if (mishap.at !== step || taken < healthy) {
        socket.write(`${reply}\r\n`);
        return true;
      }
      if (mishap.act !== 'close' && mishap.act !== 'reset' && mishap.act !== 'silence') {
        socket.write(`${mishap.act}\r\n`);
        return mishap.act.startsWith('3');
      }
      broken = true;
      if (mishap.act === 'close') socket.end();
      if (mishap.act === 'reset') socket.resetAndDestroy();
      return false;
    };
    answer('connect', '220 test ESMTP');
    socket.on('data', (chunk: Buffer) => {
      rest += chunk.toString('latin1');
      for (let broke = rest.indexOf('\r\n'); broke !== -1; broke = rest.indexOf('\r\n')) {
        const line = rest.slice(0, broke);
        rest = rest.slice(broke + 2);
        const verb = line.slice(0, 4).toUpperCase();
        if (data && line === '.') {
          data = false;
          answer('end', '250 2.0.0 Taken');
          taken += 1;
        } else if (data) {
          if (mishap.at === 'body' && taken >= healthy) answer('body', '');
        } else if (verb === 'EHLO')
          answer(
            'EHLO',
            ['test', ...extensions].map((one, at) => `250${at === extensions.length ? ' ' : '-'}${one}`).join('\r\n'),
          );
        else if (verb === 'HELO') answer('EHLO', '250 test');
        else if (verb === 'MAIL') answer('MAIL', '250 2.1.0 Ok');
        else if (verb === 'RCPT') answer('RCPT', '250 2.1.5 Ok');
        else if (verb === 'DATA') data = answer('DATA', '354 Go on');
        else if (verb === 'QUIT') socket.end('221 Bye\r\n');
        else socket.write('250 Ok\r\n');
      }
    });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else resolve(address.port);
    });
  });
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { url: `smtp://127.0.0.1:${port}`, taken: () => taken, close, [Symbol.asyncDispose]: close };
}
