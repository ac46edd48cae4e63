// What the module offers. It works on memory it is given and owns none: no static data, no stack, no allocation. `setConstants` comes before
// everything else.
export { attentionBackward, attentionForward, attentionScratch } from './attention';
export { batchNormBackward, batchNormForward } from './batchNorm';
export { adamw, dropout, innerProducts, sumOfSquares } from './elementwise';
export { embedBackward, embedForward } from './embed';
export { mixExpertsBackward, mixExpertsForward, putSlots, takeSlots } from './experts';
export { foldBackward, foldForward } from './fold';
export { layerNormBackward, layerNormForward } from './layerNorm';
export { linearBackward, linearForward, linearScratch } from './linear';
export { constantsBytes, setConstants } from './math';
export { gatherRows, makeRoutes, scatterRows, topGates } from './routing';
