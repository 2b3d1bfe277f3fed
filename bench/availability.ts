// Reading when a practitioner is free: a day, a week, a month of different practitioners, and one day asked by many at
// once. Judged against M, the hand-written minimum; the many identical readers against F, the bare server.
import type { Child } from './child.ts';
import { BUSY_DATES, chance, FIRST_ID, PRACTITIONERS } from './data-set.ts';
import { drive, get } from './driver.ts';
import { inTurn, show, showRatio, type Bench, type Contestant, type Measured } from './measure.ts';

type Servers = { readonly product: Child | null; readonly token: string; readonly m: Child; readonly f: Child };

const CONNECTIONS = 8;
const MANY = 32;
/** The first weeks of the data set, so that a month lies within what is taken. */
const FIRST_DATES = BUSY_DATES.slice(0, 15);

function reader(name: string, server: Child, token: string | null, days: number): Contestant {
  const next = chance(days);
  const path = () => {
    const id = FIRST_ID + Math.floor(next() * PRACTITIONERS);
    const date = FIRST_DATES[Math.floor(next() * FIRST_DATES.length)]!;
    const last = Temporal.PlainDate.from(date)
      .add({ days: days - 1 })
      .toString();
    return `/api/practitioners/${id}/availability?${days === 1 ? `date=${date}` : `from=${date}&to=${last}`}`;
  };
  // Made beforehand: the load comes from the same machine.
  const requests = Array.from({ length: 1_000 }, () => get(path(), token));
  let at = 0;
  const following = () => requests[(at += 1) % requests.length]!;
  return {
    name,
    pids: [server.pid],
    run: (seconds) => drive({ port: server.port, connections: CONNECTIONS, seconds, next: following, status: 200 }),
  };
}

export async function availabilityOf(bench: Bench, servers: Servers, days: number): Promise<void> {
  const { product, token, m } = servers;
  const contestants = [reader('M', m, null, days), ...(product ? [reader('product', product, token, days)] : [])];
  const [reference, judged] = await inTurn(bench, contestants);
  report(`availability, ${days === 1 ? 'a day' : `${days} days`}, c=${CONNECTIONS}`, reference!, judged, 0.5, 0.7);
}

export async function identicalReaders(bench: Bench, servers: Servers): Promise<void> {
  const path = `/api/practitioners/${FIRST_ID}/availability?date=${FIRST_DATES[0]}`;
  const many = (name: string, server: Child, request: string): Contestant => ({
    name,
    pids: [server.pid],
    run: (seconds) => drive({ port: server.port, connections: MANY, seconds, next: () => request, status: 200 }),
  });
  const { product, token, f } = servers;
  const contestants = [many('F', f, get(path, null)), ...(product ? [many('product', product, get(path, token))] : [])];
  const [reference, judged] = await inTurn(bench, contestants);
  report(`availability, one day asked by many, c=${MANY}`, reference!, judged, 0.5, 0.5);
}

function report(title: string, reference: Measured, judged: Measured | undefined, mark: number, aim: number): void {
  show(title, judged ? [reference, judged] : [reference]);
  if (judged) showRatio(judged, reference, mark, aim);
}
