// The wire shapes of what the sweep has found, and of what a person decides about it. Ids, codes and words; no names, addresses
// or links.
import { Type } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { NextCursor, pageQuery } from '../platform/http/page.ts';
import { InstantText, PublicId } from '../platform/http/validation.ts';
import { DECISIONS } from './decide-drift.ts';
import type { DriftCount, DriftTask } from './store-drift.ts';
import { SWEEP_MODES, type SweepBacklog, type SweepModeRead } from './store-sweep.ts';
import { DRIFT_KINDS, DRIFT_STATES, type DriftKind, type DriftReason } from './sweep.ts';

const SAYS: Readonly<Record<DriftKind, string>> = {
  missing: 'It was removed at the provider; the appointment stands.',
  moved: 'It stands at another time than the appointment.',
  changed: 'Its words, its place or its link are not the appointment’s.',
  duplicate: 'There is another one for the same appointment.',
  orphan: 'It still stands for an appointment that is cancelled.',
  unknown: 'It bears our mark, but the appointment is not known here.',
};
const WHY: Readonly<Record<DriftReason, string>> = {
  report_only: 'The sweep only reports for now.',
  mended_before: 'It was put right before, and somebody undid that.',
  not_proved: 'That it may go is not proved here.',
  in_use: 'It was to be removed, but an appointment has it by now.',
  refused: 'It was to be removed, and the provider refused: remove it there, or ignore it.',
};

const ITEM = {
  driftId: 1040,
  kind: 'missing',
  state: 'open',
  says: `${SAYS.missing} ${WHY.mended_before}`,
  provider: 'calendar',
  thing: 'calendar_event',
  providerId: 'i8s0r3m2',
  sessionId: 1010,
  appointmentId: 1011,
  practitionerId: 123,
  start: '2030-06-20T18:00:00Z',
  times: 2,
  firstFoundAt: '2030-06-14T03:00:00Z',
  lastFoundAt: '2030-06-15T03:00:00Z',
};
const STATUS = {
  mode: 'mend',
  setBy: null,
  setAt: null,
  places: 12,
  late: 0,
  drift: [{ kind: 'missing', provider: 'calendar', found: 2, open: 1 }],
};

const MaybeId = Type.Union([PublicId, Type.Null()]);
const Drift = named(
  'Drift',
  Type.Object(
    {
      driftId: PublicId,
      kind: Type.Enum([...DRIFT_KINDS]),
      state: Type.Enum([...DRIFT_STATES]),
      says: Type.String({ description: 'For people: what differs, and why it is left to them.' }),
      provider: Type.String(),
      thing: Type.Enum(['meeting', 'calendar_event']),
      providerId: Type.String({ description: 'Its id at the provider.' }),
      sessionId: { ...PublicId, description: 'As its mark says; of kind unknown there is no such session here.' },
      appointmentId: MaybeId,
      practitionerId: MaybeId,
      start: InstantText,
      times: Type.Integer({ description: 'How often it came about.' }),
      firstFoundAt: InstantText,
      lastFoundAt: InstantText,
    },
    { examples: [ITEM] },
  ),
);

export const DriftQuery = Type.Object({
  ...pageQuery,
  state: Type.Enum([...DRIFT_STATES], {
    default: 'open',
    description: 'open: a person decides. mending: being put right. removing, ignored: as decided. settled: over.',
  }),
});
export const DriftPage = named(
  'DriftPage',
  Type.Object(
    { drift: Type.Array(Drift), nextCursor: NextCursor },
    { examples: [{ drift: [ITEM], nextCursor: null }] },
  ),
);
export const DecisionBody = Type.Object(
  {
    decision: Type.Enum([...DECISIONS], {
      description:
        'mend: an appointment’s own thing, as the appointment says. remove: any other, at the provider. ignore: leave it, until the appointment changes.',
    }),
  },
  { examples: [{ decision: 'mend' }] },
);
export const ModeBody = Type.Object({ mode: Type.Enum([...SWEEP_MODES]) }, { examples: [{ mode: 'mend' }] });
export const SweepStatus = named(
  'SweepStatus',
  Type.Object(
    {
      mode: Type.Enum([...SWEEP_MODES], { description: 'report: it puts nothing right.' }),
      setBy: Type.Union([Type.Enum(['staff', 'restoration']), Type.Null()]),
      setAt: Type.Union([InstantText, Type.Null()]),
      places: Type.Integer({ description: 'Calendars and hosts of meetings that are compared.' }),
      late: Type.Integer({ description: 'Of these, not compared for two days.' }),
      drift: Type.Array(
        Type.Object({
          kind: Type.Enum([...DRIFT_KINDS]),
          provider: Type.String(),
          found: Type.Integer(),
          open: Type.Integer(),
        }),
      ),
    },
    { examples: [STATUS] },
  ),
);
export const Decided = Type.Object(
  { success: Type.Literal(true), message: Type.String() },
  { examples: [{ success: true, message: 'It is seen to.' }] },
);

export function driftWire(row: DriftTask) {
  return {
    driftId: row.id,
    kind: row.kind,
    state: row.state,
    says: row.reason === null ? SAYS[row.kind] : `${SAYS[row.kind]} ${WHY[row.reason]}`,
    provider: row.provider,
    thing: row.objectKind,
    providerId: row.providerId,
    sessionId: row.sessionId,
    appointmentId: row.appointmentId,
    practitionerId: row.practitionerId,
    start: row.start.toString(),
    times: row.foundNo,
    firstFoundAt: row.firstFoundAt.toString(),
    lastFoundAt: row.lastFoundAt.toString(),
  };
}

export function statusWire({ mode, set }: SweepModeRead, { places, late }: SweepBacklog, drift: readonly DriftCount[]) {
  return { mode, setBy: set?.by ?? null, setAt: set?.at.toString() ?? null, places, late, drift: [...drift] };
}
