// What each figure shows and how it is read, in two sentences, by a short id: the "?" beside a card's title, and the name of the
// figure in a frame (`?embed=train.loss`). A card is found by its title, so that a new one is a line here.

export interface FigureHelp {
  /** The title of the card, or what it begins with where a number follows. */
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
    title: 'Block ',
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
    title: 'Attention rollout',
    text: 'The maps of all blocks multiplied, so that what is read through a token in between counts as well. It is a rough picture: it leaves out values and feed-forward layers.',
  },
  relatedness: {
    title: 'Requested cosine',
    text: 'The angle between the directions that two tasks ask of the features, as it was set on the left. At 1 they ask for the same, at 0 for unrelated things.',
  },
  use: {
    title: 'Expert use',
    text: 'A row for each gate, a column for each expert: the mean share that the task takes of it. Rows that look alike use the same experts.',
  },
  mask: {
    title: 'Mask',
    text: 'Rows are tokens that read, columns tokens that are read; a hatched cell may not be read. Paint to block or open cells.',
  },
  columns: {
    title: 'Columns',
    text: 'A line for each column of the table: what it is read as and why, and what its values look like. Any choice can be overruled here.',
  },
  splits: {
    title: 'Splits',
    text: 'How many rows train the network, choose its epoch and test it, and how many labels each task has there. Too few of a class in one of them makes its number worthless.',
  },
  kernels: {
    title: 'Kernels',
    text: 'Where the time of a training step goes, operation by operation. A long bar with few launches is work; a short one with many is overhead.',
  },
} satisfies Record<string, FigureHelp>;

export type FigureId = keyof typeof figureHelp;

/** The figure of a card; null where there is nothing to say of it. */
export function figureOf(title: string): FigureId | null {
  const exact = (Object.keys(figureHelp) as FigureId[]).find((id) => figureHelp[id].title === title);
  return exact ?? (/^Block \d+, head \d+$/.test(title) ? 'map' : null);
}
