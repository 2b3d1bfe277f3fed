// What is held against what callers were told, after the killing: rows and answers, and how long the work outside took to
// come to rest.
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../src/platform/database/connection.ts';
import { transactor } from '../../src/platform/database/transaction.ts';
import { createLog } from '../../src/platform/log.ts';
import type { Caller } from '../races/caller.ts';
import { breachesOfTime, rowsOf } from '../races/true-time.ts';
import type { Known, Ledger } from './ledger.ts';
import type { Stands } from './outside-truth.ts';

/** A lease of a killed runner runs out, what it may have sent settles, and a few tries back off. */
const QUIET_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 250;
/** Of a list of breaches, enough to see what kind they are. */
const MOST_TOLD = 10;

export type Rows = <Row extends object>(text: string) => Promise<Row[]>;

export type Checks = {
  readonly passed: () => number;
  readonly failures: readonly string[];
  /** No breach is a check that passed. */
  readonly check: (name: string, breaches: readonly string[]) => void;
};

export function createChecks(): Checks {
  let passed = 0;
  const failures: string[] = [];
  return {
    passed: () => passed,
    failures,
    check: (name, breaches) => {
      if (breaches.length === 0) passed += 1;
      else failures.push(`${name}: ${breaches.slice(0, MOST_TOLD).join('; ')} (${breaches.length} in all)`);
    },
  };
}

/** Appointments that were acknowledged, as their callers would look them up. */
export async function breachesOfAnswers(caller: Caller, all: Iterable<Known>): Promise<string[]> {
  const breaches: string[] = [];
  for (const { id, state, date, time, practitionerId } of all) {
    const { status, body } = await caller.read(id);
    const found = [status, body['status'], body['date'], body['time'], body['practitionerId']].join(' ');
    const told = [200, state, date, `${time}:00`, practitionerId].join(' ');
    if (found !== told) breaches.push(`appointment ${id} was acknowledged as "${told}", and is "${found}"`);
  }
  return breaches;
}

/** All that were ever acknowledged, as the rows have them. */
export async function breachesOfRows(rows: Rows, ledger: Ledger): Promise<string[]> {
  const found = await rows<{ id: number; stands: string }>(
    `select a.id, concat_ws(' ', a.state, replace(s.wall_start, 'T', ' '), s.practitioner_id) as stands
       from appointment a join session s on s.id = a.session_id`,
  );
  const byId = new Map(found.map(({ id, stands }) => [id, stands]));
  return [...ledger.known.values()].flatMap(({ id, state, date, time, practitionerId }) => {
    const told = `${state} ${date} ${time} ${practitionerId}`;
    const stands = byId.get(id) ?? 'gone';
    return stands === told ? [] : [`appointment ${id} was acknowledged as "${told}", and is "${stands}"`];
  });
}

export function breachesOfKnown(all: readonly Stands[], ledger: Ledger): string[] {
  return all.filter(({ id }) => !ledger.known.has(id)).map(({ id }) => `appointment ${id} is nobody's`);
}

/** How long it took until nothing was left to do; null when it was too long. */
export async function quiet(rows: Rows): Promise<number | null> {
  const begun = performance.now();
  for (;;) {
    const [left] = await rows<{ n: number }>(
      'select count(*)::int as n from fulfilment where done_revision < wanted_revision',
    );
    if (left?.n === 0) return performance.now() - begun;
    if (performance.now() - begun > QUIET_WITHIN_MS) return null;
    await sleep(LOOK_EVERY_MS);
  }
}

/** `time`: what of occupancy, sessions, journal and appointments contradicts itself. */
export async function withRows(
  url: string,
  body: (rows: Rows, time: () => Promise<string[]>) => Promise<void>,
): Promise<void> {
  const connection = await connect({ url, max: 2, log: createLog('error') });
  try {
    const work = transactor(connection);
    const [practice] = await work.unscoped((tx) =>
      tx.query<{ id: number }>({ name: '', text: 'select organisation_id as id from installation', values: [] }),
    );
    const organisationId = practice?.id ?? 0;
    await body(
      (text) => rowsOf(work, organisationId, text),
      () => breachesOfTime(work, organisationId),
    );
  } finally {
    await connection.close();
  }
}
