// Settings that several architectures share, and the values they turn into.
import type { ChoiceParam, NumberListParam, NumberParam } from '../config/params.ts';
import { lookUp } from '../core/registry.ts';
import { type InitialisationScheme, initialisations } from '../layers/initialisation.ts';
import type { LinearInit } from '../layers/linear.ts';
import { zeros } from '../layers/parameterSet.ts';

export const PAPER = 'Sinodinos et al. 2025, arXiv 2511.09970';
export const PUBLIC_CODE = 'public code Armanfard-Lab/MultiTab';

/** @param value - the default */
export const embeddingParam = (value: number): NumberParam => ({
  kind: 'number',
  key: 'embedding',
  label: 'Embedding',
  help: 'Size of the vector per column; 0 feeds the raw columns.',
  integer: true,
  min: 0,
  max: 256,
  step: 1,
  default: value,
});

export const dropoutParam: NumberParam = {
  kind: 'number',
  key: 'dropout',
  label: 'Dropout',
  help: 'Share of hidden units dropped while training.',
  integer: false,
  min: 0,
  max: 0.9,
  step: 0.05,
  default: 0,
  advanced: true,
};

/** Hidden sizes: a list under `key`. */
export const sizesParam = (
  key: string,
  label: string,
  help: string,
  value: number[],
  minLength = 1,
): NumberListParam => ({
  kind: 'numbers',
  key,
  label,
  help,
  integer: true,
  min: 1,
  max: 4096,
  minLength,
  maxLength: 8,
  default: value,
});

export const towerParam = (value: number[]): NumberListParam =>
  sizesParam(
    'tower',
    'Tower',
    'Hidden sizes of the head of each task; empty for one linear layer.',
    value,
    0,
  );

export const initialisationParam: ChoiceParam = {
  kind: 'choice',
  key: 'initialisation',
  label: 'Initial values',
  help: 'Scaled: Glorot projections and tokens in ±0.4/sqrt(width). As released: normal with standard deviation 0.01, which learns slowly where no batch norm follows.',
  source: `Glorot and Bengio 2010; Gorishniy et al. 2021; ${PUBLIC_CODE}`,
  options: [
    { value: 'scaled', label: 'Scaled' },
    { value: 'as-released', label: 'As released' },
  ],
  default: 'scaled',
  advanced: true,
};

/** Number of something, from 1. */
export const countParam = (
  key: string,
  label: string,
  help: string,
  value: number,
  max = 32,
): NumberParam => ({
  kind: 'number',
  key,
  label,
  help,
  integer: true,
  min: 1,
  max,
  step: 1,
  default: value,
});

export const topParam: NumberParam = {
  kind: 'number',
  key: 'top',
  label: 'Experts per gate',
  help: 'Each gate keeps this many experts per row, the largest logits, and the others compute nothing for it; 0 keeps all, as the paper does. An expert that several tasks choose is computed once.',
  source: 'Shazeer et al. 2017, Eq. 3 to 5',
  integer: true,
  min: 0,
  max: 32,
  step: 1,
  default: 0,
  advanced: true,
};

export const SPARSE_GATES_NOTE =
  '"Experts per gate" above 0 is sparse gating (Shazeer et al. 2017), which the paper does not have: softmax over the largest logits, without noise and without a balancing loss. The batch norm of an expert then runs over the rows it gets, in its running statistics too; an expert that gets fewer than two rows of a batch leaves them alone.';

export const initialisationOf = (id: string): InitialisationScheme =>
  lookUp(initialisations, id, 'model.params.initialisation');

/** Linear layers of a network: weights by the scheme, biases 0. */
export const linearInitOf = (scheme: InitialisationScheme) => (): LinearInit => ({
  weight: scheme.linear,
  bias: zeros,
});

export const INITIAL_VALUES_NOTE =
  'Initial values are scaled by default; "As released" gives the standard deviation of 0.01 of the public code.';
