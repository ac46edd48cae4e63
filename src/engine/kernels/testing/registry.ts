// One line for each operation whose kernels are tested.
import { attentionTests } from '../ops/attention/cases.ts';
import { batchNormTests } from '../ops/batchNorm/cases.ts';
import { dropoutTests } from '../ops/dropout/cases.ts';
import { embedTokensTests } from '../ops/embedTokens/cases.ts';
import { gradientProductsTests } from '../ops/gradientProducts/cases.ts';
import { gradientSquaresTests } from '../ops/gradientSquares/cases.ts';
import { layerNormTests } from '../ops/layerNorm/cases.ts';
import { linearTests } from '../ops/linear/cases.ts';
import { mixExpertsTests } from '../ops/mixExperts/cases.ts';
import { routedLinearTests } from '../ops/routedLinear/cases.ts';
import { routedNormTests } from '../ops/routedNorm/cases.ts';
import { routeRowsTests } from '../ops/routeRows/cases.ts';
import { signDropTests } from '../ops/signDrop/cases.ts';
import { takeRowsTests } from '../ops/takeRows/cases.ts';
import { takeSlotsTests } from '../ops/takeSlots/cases.ts';
import { taskLossTests } from '../ops/taskLoss/cases.ts';
import { tokenLinearTests } from '../ops/tokenLinear/cases.ts';
import { topGatesTests } from '../ops/topGates/cases.ts';
import type { OpTests } from './opTests.ts';

/** Keyed by the name of the folder. */
export const opTests: Record<string, OpTests> = {
  attention: attentionTests,
  batchNorm: batchNormTests,
  dropout: dropoutTests,
  embedTokens: embedTokensTests,
  gradientProducts: gradientProductsTests,
  gradientSquares: gradientSquaresTests,
  layerNorm: layerNormTests,
  linear: linearTests,
  mixExperts: mixExpertsTests,
  routeRows: routeRowsTests,
  routedLinear: routedLinearTests,
  routedNorm: routedNormTests,
  signDrop: signDropTests,
  takeRows: takeRowsTests,
  takeSlots: takeSlotsTests,
  taskLoss: taskLossTests,
  tokenLinear: tokenLinearTests,
  topGates: topGatesTests,
};
