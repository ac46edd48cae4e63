// A new probe is one file and one line here. The id of a probe determines the types of its request and its answer.

import type { ReadBy } from '../core/reader.ts';
import type { Role } from '../core/roles.ts';
import type { MeasuredAt } from '../protocol/probe.ts';
import type { Question } from '../training/questions.ts';
import { attention } from './attention.ts';
import { attentionWalk } from './attentionWalk.ts';
import { cost } from './cost.ts';
import { expertUse } from './expertUse.ts';
import { gradTag } from './gradTag.ts';
import { maskTests } from './maskTests.ts';
import { measuredCost } from './measuredCost.ts';
import type { ProbeDef } from './probe.ts';
import { profile } from './profile.ts';
import { relations } from './relations.ts';
import { rowPerturbation } from './rowPerturbation.ts';
import { whatIf } from './whatIf.ts';

export const probes = {
  attention,
  'attention-walk': attentionWalk,
  'expert-use': expertUse,
  'mask-tests': maskTests,
  'what-if': whatIf,
  'row-perturbation': rowPerturbation,
  relations,
  'grad-tag': gradTag,
  profile,
  cost,
  'measured-cost': measuredCost,
} satisfies Record<string, ProbeDef>;

export type Probes = typeof probes;
export type ProbeId = keyof Probes;
export type ProbeRequest<Id extends ProbeId> = ReadBy<Probes[Id]['request']>;
export type ProbeAnswerOf<Id extends ProbeId> = Awaited<ReturnType<Probes[Id]['run']>>;

/** An answer with its request and, for a network, its role and position in training. */
export type Measured<Id extends ProbeId> = ProbeAnswerOf<Id> & {
  request: ProbeRequest<Id>;
  step: number;
} & (Probes[Id]['when'] extends 'training' ? MeasuredAt : unknown);

/** A question in the form that is put to the networks of a run. */
export const questionOf = <Id extends ProbeId>(
  probe: Id,
  request: ProbeRequest<Id>,
  of: { role?: Role; everyEpochOnly?: boolean; everyEpoch?: boolean } = {},
): Question => ({ probe, request, ...of, mode: probes[probe].mode });
