// Settings common to several architectures, and the typed values derived from them.
import { defineParams, type Keyed } from '../config/defineParams.ts';
import type { NumberListParam, NumberParam } from '../config/params.ts';
import { lookUp } from '../core/registry.ts';
import {
  type InitialisationId,
  type InitialisationScheme,
  initialisations,
} from '../layers/initialisation.ts';
import type { LinearInit } from '../layers/linear.ts';

export const PAPER = 'Sinodinos et al. 2025, arXiv 2511.09970';
export const PUBLIC_CODE = 'public code Armanfard-Lab/MultiTab';
const MEASURED = 'npm run bench:defaults, bench/RESULTS.md';

/** @param value - the default */
export const embeddingParam = (value: number): Keyed<NumberParam, 'embedding'> => ({
  kind: 'number',
  key: 'embedding',
  label: 'Embedding',
  help: 'Length of the vector that stands for a feature; 0 passes the values themselves.',
  integer: true,
  min: 0,
  max: 256,
  step: 1,
  default: value,
});

export const dropoutParam: Keyed<NumberParam, 'dropout'> = {
  kind: 'number',
  key: 'dropout',
  label: 'Dropout',
  help: 'Share of hidden units that a training step leaves out at random. 0: none.',
  integer: false,
  min: 0,
  max: 0.9,
  step: 0.05,
  default: 0,
  advanced: true,
};

/** A list of hidden sizes under the key `key`. */
export const sizesParam = <Key extends string>(
  key: Key,
  label: string,
  help: string,
  value: number[],
  minLength = 1,
): Keyed<NumberListParam, Key> => ({
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

export const towerParam = (value: number[]): Keyed<NumberListParam, 'tower'> =>
  sizesParam(
    'tower',
    'Tower',
    'Hidden sizes of the tower of each task, its own last layers; empty for one linear layer.',
    value,
    0,
  );

const INITIAL_VALUES: Record<InitialisationId, { label: string; help: string }> = {
  scaled: { label: 'Scaled', help: 'Glorot projections, and tokens in ±0.4/sqrt(width).' },
  'as-released': {
    label: 'As released',
    help: 'Normal with standard deviation 0.01, as in the public code of all but ST-MLP; learns slowly where no batch norm follows.',
  },
  'torch-default': {
    label: 'PyTorch',
    help: 'Linear layers uniform in ±1/sqrt(inputs), embeddings normal: the defaults of PyTorch.',
  },
};

/** Default start of an architecture, by measurement. */
export interface Start {
  initialisation: InitialisationId;
  /** Factor on the learning rate of the run. */
  rate: number;
}

/**
 * Initial values and learning rate of a network trained by gradients.
 * @param choices - of initial values; all of them give attention biases of 0, so PyTorch's is not among those of networks with
 *   attention
 */
export const startParams = (start: Start, choices: readonly InitialisationId[]) =>
  defineParams([
    {
      kind: 'choice',
      key: 'initialisation',
      label: 'Initial values',
      help: 'What weights start from. The default is what serves this architecture best in the measurement.',
      source: `${MEASURED}; Glorot and Bengio 2010; Gorishniy et al. 2021; ${PUBLIC_CODE}`,
      options: choices.map((value) => ({ value, ...INITIAL_VALUES[value] })),
      default: start.initialisation,
      advanced: true,
    },
    {
      kind: 'number',
      key: 'rate',
      label: 'Learning rate ×',
      help: 'Factor on the learning rate of the run, for this network alone. The default is what serves this architecture best in the measurement.',
      source: MEASURED,
      integer: false,
      min: 0.001,
      max: 1000,
      step: 0.1,
      default: start.rate,
      control: 'box',
      advanced: true,
    },
  ]);

/** Start settings of networks without attention. */
export const mlpStart = (start: Start) => startParams(start, ['scaled', 'as-released', 'torch-default']);

/** Start settings of networks with attention. */
export const attentionStart = (start: Start) => startParams(start, ['scaled', 'as-released']);

/** A count from 1. */
export const countParam = <Key extends string>(
  key: Key,
  label: string,
  help: string,
  value: number,
  max = 32,
): Keyed<NumberParam, Key> => ({
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

export const topParam: Keyed<NumberParam, 'top'> = {
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

/** Initial values for linear layers of a network without attention. */
export const linearInitOf =
  (scheme: InitialisationScheme) =>
  (inputs: number): LinearInit => ({ weight: scheme.linear, bias: scheme.linearBias(inputs) });

/** Notes if the default differs from the public code. */
export const initialValuesNotes = ({ initialisation }: Start): string[] =>
  initialisation === 'as-released'
    ? []
    : [
        `Initial values are "${INITIAL_VALUES[initialisation].label}" by default, which serve it best in our measurement; "As released" gives the standard deviation of 0.01 of the public code.`,
      ];
