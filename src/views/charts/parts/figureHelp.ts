// What each figure shows and how it is read, in two sentences, by a short id: the "?" beside a card's title, and the name of
// the figure in an embedded page (`?embed=train.loss`). A figure is found by its card's title, so that a new one is a line
// here.

export interface FigureHelp {
  /** The title of the card. */
  title: string;
  text: string;
}

export const figureHelp = {
  gain: {
    title: 'Gain over single-task baseline',
    text: 'A bar for each task: how much better the network is than one trained on that task alone, in percent of the baseline’s metric. Right of zero it is better; rings are single seeds.',
  },
  metric: {
    title: 'Metric per task',
    text: 'How good the network is on validation rows after each epoch, a line for each task, beside the baseline where there is one. The arrow at the name says which way is better.',
  },
  loss: {
    title: 'Loss per task',
    text: 'What training makes small, step by step, a chart for each task. Noise from step to step is that of the batches; look at where the line goes.',
  },
  results: {
    title: 'Results per task',
    text: 'The numbers behind the bars, from rows that no training step has seen. Each metric stands beside that of the baseline.',
  },
  compared: {
    title: 'Networks compared',
    text: 'A column for each network that was trained on the same rows and seeds. Bold is what beats every other by an interval that leaves out zero.',
  },
  heads: {
    title: 'Blocks and heads',
    text: 'Every attention map of the network in small; each head has learnt its own. Choose one to see it large.',
  },
  map: {
    title: 'Block 0, head 0',
    text: 'Each row is a token that reads (the query), each column a token that is read (the key); the brighter a cell, the more is taken. Hatched cells are blocked by the mask.',
  },
  cell: {
    title: 'Chosen cell',
    text: 'The numbers of one query and one key, before and after the mask. The bars below are the keys that this query reads most.',
  },
  look: {
    title: 'Where each task looks',
    text: 'For each task token, the features that it reads most, as a mean over heads. How much is read does not say how much it matters.',
  },
  rollout: {
    title: 'Where tasks look through all blocks',
    text: 'The maps of all blocks multiplied, so that what is read through a token in between counts as well. It is a rough picture: it leaves out values and feed-forward layers.',
  },
  relatedness: {
    title: 'Requested cosine',
    text: 'The angle between the directions that two tasks ask of the features, as it was set on the left. At 1 they ask for the same, at 0 for unrelated things.',
  },
  use: {
    title: 'Use of the experts',
    text: 'A row for each gate, a column for each expert: the mean share that the task takes of it. Rows that look alike use the same experts.',
  },
  mask: {
    title: 'What may read what',
    text: 'Rows are tokens that read, columns tokens that are read; a hatched cell may not be read. Paint to block or open cells.',
  },
  realised: {
    title: 'Label correlation, realised',
    text: 'How far the labels of two tasks rise and fall together on the training rows. It need not be the cosine: noise and powers of the features change it.',
  },
  associations: {
    title: 'What goes with what',
    text: 'Which columns tell most about each other, on training rows alone. A feature that tells a label almost wholly is worth a second look: it may be the label in disguise.',
  },
  reach: {
    title: 'Which tokens can influence each task',
    text: 'What the masks of all blocks together leave open, step by step through the network. A blocked cell in one block does not close a way through a token in between.',
  },
  leaks: {
    title: 'Tasks that reach each other',
    text: 'Pairs of tasks between which the trained network has a way, with the size of its effect as measured by gradients. A way that is open and unused shows a number near zero.',
  },
  'what-if': {
    title: 'What if the trained model read like this?',
    text: 'The trained network is measured again under another mask, without training. It has not learnt to do without what is now blocked, so a loss here is no verdict on the mask.',
  },
  perturbation: {
    title: 'Row perturbation',
    text: 'One value of another row of the batch is changed, and the predictions of this one are looked at. If they move, rows read each other.',
  },
  similarity: {
    title: 'Similarity of gate use',
    text: 'How alike two tasks mix the experts, row by row. At 1 they use the same experts in the same shares.',
  },
  norms: {
    title: 'Gradient norm',
    text: 'How steep the loss is in all weights together, step by step, on a logarithmic scale. A jump shows where training broke.',
  },
  shares: {
    title: 'Weights of the tasks',
    text: 'How much each task counted in the update, step by step, as the balancing method chose it. Equal shares are a flat line.',
  },
  pareto: {
    title: 'Cost and benefit',
    text: 'A dot for each run or group: what it costs to the right, what it gains upward. The line joins those that nothing else beats in both.',
  },
  kernels: {
    title: 'Kernels',
    text: 'Where the time of a training step goes, operation by operation. A long bar with few launches is work; a short one with many is overhead.',
  },
} satisfies Record<string, FigureHelp>;

export type FigureId = keyof typeof figureHelp;

/** The figure of a card; null if it has no help. */
export function figureOf(title: string): FigureId | null {
  const exact = (Object.keys(figureHelp) as FigureId[]).find((id) => figureHelp[id].title === title);
  // Titled by their position.
  return exact ?? (/^Block \d+, head \d+$/.test(title) ? 'map' : null);
}
