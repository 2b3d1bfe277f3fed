// Bugs to plant, so that it is seen that the examination finds each kind.
import type { Hearing } from './outside.ts';
import type { Tamper } from './statements.ts';

export type Plant = { readonly name: string; readonly tamper?: Tamper; readonly hearing?: Hearing };

export const NOTHING_PLANTED: Plant = { name: 'nothing' };
