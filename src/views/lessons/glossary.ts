// The technical terms of the workbench, each in two sentences at most. Lessons refer to them by key.

export interface Term {
  name: string;
  text: string;
  source?: string;
}

export const glossary = {
  task: {
    name: 'Task',
    text: 'One thing to predict from the features of a row: a number (regression), one of two classes (binary) or one of several (multiclass). A table with several such columns is a multitask table.',
  },
  multitask: {
    name: 'Multitask learning',
    text: 'One network is trained on several tasks at once, so that what one task teaches can serve the others.',
    source: 'Caruana 1997',
  },
  baseline: {
    name: 'Single-task baseline',
    text: 'A network per task, trained on the same rows, split and seed. Gain is measured against it.',
  },
  twin: {
    name: 'Single-task twin',
    text: 'The same architecture with the same settings, trained on each task alone. The difference to it is what sharing did; the rest is the architecture.',
  },
  gain: {
    name: 'Gain',
    text: 'How much better a network is than the baseline, in percent of the baseline’s metric, averaged over the tasks. Positive is better, whichever way the metric runs.',
    source: 'Maninis et al. 2019',
  },
  transfer: {
    name: 'Transfer',
    text: 'The part of a gain that comes from sharing: the model against its single-task twin. It is negative where the tasks get in each other’s way.',
  },
  cosine: {
    name: 'Cosine of tasks',
    text: 'The generator gives every task a weight vector over the features; this is the cosine of the angle between two of them. At 1 the tasks ask for the same direction, at 0 for unrelated ones.',
    source: 'Sinodinos et al. 2025',
  },
  token: {
    name: 'Token',
    text: 'A vector that stands for one feature of a row, or for one task. Attention lets tokens read each other.',
  },
  attention: {
    name: 'Attention',
    text: 'Each token (the query) weighs the other tokens (the keys) by the softmax of scaled products, and takes the weighted sum of their values. A row of the map sums to 1.',
    source: 'Vaswani et al. 2017, Eq. 1',
  },
  head: {
    name: 'Head',
    text: 'One of several attentions side by side in a block, each with queries, keys and values of its own.',
  },
  block: {
    name: 'Block',
    text: 'One layer of attention and feed-forward network. What a token has read in the first block, others can read from it in the second.',
  },
  'row-attention': {
    name: 'Attention between rows',
    text: 'The rows of a batch read each other, so that a prediction depends on which rows share its batch. The paper calls it inter-sample attention, and that between the tokens of one row inter-feature attention.',
    source: 'Somepalli et al. 2021; Sinodinos et al. 2025',
  },
  softmax: {
    name: 'Softmax',
    text: 'Turns numbers of any size into shares: e to the power of each, over the sum of all these powers. Shares are positive and sum to 1.',
  },
  gradient: {
    name: 'Gradient',
    text: 'How a number such as a loss or an output changes with each value that it depends on, for small changes. Training moves the weights against the gradient of the loss.',
  },
  mask: {
    name: 'Mask',
    text: 'Pairs of query and key that are blocked: their score is set to minus infinity before the softmax, so the weight is exactly 0.',
  },
  fxt: {
    name: 'F×T mask',
    text: 'Feature tokens may not read task tokens, so what features say stays the same for every task.',
    source: 'Sinodinos et al. 2025',
  },
  txt: {
    name: 'T×T mask',
    text: 'Task tokens may not read other task tokens, so no task takes directly from another.',
    source: 'Sinodinos et al. 2025',
  },
  leak: {
    name: 'Leak',
    text: 'A way from one task to another that a mask does not close: through a feature token in between, or through other rows of the batch.',
  },
  expert: {
    name: 'Expert',
    text: 'A small network whose output several tasks may use. Each task’s gate decides how much of each expert it takes.',
    source: 'Ma et al. 2018',
  },
  gate: {
    name: 'Gate',
    text: 'A softmax over the experts, computed from the row: the shares in which a task mixes them.',
    source: 'Ma et al. 2018',
  },
  seed: {
    name: 'Seed',
    text: 'The number from which initial weights, order of rows and dropout are drawn. Two seeds give two answers to the same question; their spread is how far one number can be trusted.',
  },
  interval: {
    name: '95 % interval',
    text: 'Mean ± t · s/√n over n seeds. If it includes 0, the runs do not show that the effect is there.',
    source: 'Student 1908',
  },
  dropout: {
    name: 'Dropout',
    text: 'Each training step leaves out a share of the hidden units at random, so that a network does not rely on single ones. Predictions are made with all of them.',
    source: 'Srivastava et al. 2014',
  },
  'explained-variance': {
    name: 'Explained variance',
    text: '1 minus the variance of the errors over that of the targets. 1 is perfect, 0 is as good as always predicting the mean.',
  },
  auroc: {
    name: 'AUROC',
    text: 'The chance that a random positive row gets a higher logit than a random negative one; with several classes, the mean over each against the rest. 0.5 is guessing.',
    source: 'Hanley and McNeil 1982',
  },
  r2: {
    name: 'R²',
    text: '1 minus the squared errors over those of always predicting the mean. Unlike explained variance it counts errors that all go the same way.',
  },
  mse: { name: 'MSE', text: 'Mean squared error, in the squared unit of the target. Lower is better.' },
  rmse: {
    name: 'RMSE',
    text: 'Root of the mean squared error, in the unit of the target. Large errors count more than in MAE.',
  },
  mae: {
    name: 'MAE',
    text: 'Mean absolute error: how far a prediction is off on average, in the unit of the target.',
  },
  accuracy: {
    name: 'Accuracy',
    text: 'The share of rows whose most likely class is the right one. With a rare class it is high even where that class is never found.',
  },
  f1: {
    name: 'F1',
    text: 'Harmonic mean of precision and recall of the positive class; with several classes the mean over them. Unlike accuracy it is low where a rare class is missed.',
    source: 'van Rijsbergen 1979',
  },
  'log-loss': {
    name: 'Log loss',
    text: 'Minus the mean logarithm of the probability given to the right class. Being sure and wrong costs most.',
  },
  logits: {
    name: 'Logits',
    text: 'The numbers that a classifier puts out before sigmoid or softmax turns them into probabilities.',
  },
  tower: {
    name: 'Tower',
    text: 'The last layers, one stack for each task, from what is shared to that task’s prediction.',
  },
  step: {
    name: 'Step and epoch',
    text: 'A step updates the weights once, from one batch of rows. An epoch is a pass over all training rows.',
  },
  'best-step': {
    name: 'Best step',
    text: 'The end of the epoch with the highest mean of the primary validation metrics: explained variance or AUROC. Its weights are the ones that are tested.',
  },
  architecture: {
    name: 'Architecture part',
    text: 'The part of a gain that is there without sharing: the single-task twin against the baseline. With the sharing part it makes up the whole.',
  },
  parameters: {
    name: 'Parameters',
    text: 'The numbers that training changes: weights, biases and embeddings.',
  },
  flops: {
    name: 'FLOPs',
    text: 'Floating-point operations of a forward pass: two for each multiply-add. They say what a network costs, not how fast a machine is.',
  },
  'parameter-memory': {
    name: 'Parameter memory',
    text: 'What the parameters take in training: their values, gradients, best values so far, and the moments of the optimizer.',
  },
  'step-memory': { name: 'Step memory', text: 'The most that tensors hold at once during a training step.' },
  launches: {
    name: 'Launches',
    text: 'How many kernels a training step starts. Each costs time of its own, however little it computes.',
  },
  'one-seed': {
    name: 'One seed',
    text: 'Estimated time of all epochs of one seed, without evaluation and early stopping.',
  },
  standardise: {
    name: 'Standardised targets',
    text: 'Each target minus its mean, over its standard deviation, both of the training rows. Errors of all tasks then have the same unit.',
  },
  weighting: {
    name: 'Balancing method',
    text: 'How the losses or gradients of the tasks become one update; the setting is Weighting, under Training. Equal adds the losses up.',
  },
  split: {
    name: 'Split',
    text: 'Training rows fit the weights, validation rows choose the epoch, test rows are looked at once, for the number that is reported.',
  },
} satisfies Record<string, Term>;

export type TermId = keyof typeof glossary;
export const isTerm = (id: string): id is TermId => Object.hasOwn(glossary, id);
