// What each figure shows and how it is read, in two sentences, by a short id: the "?" beside the title of the card that names it
// (`<Card figure="loss">`), and the name of the figure in a frame (`?embed=train.loss`).

export const figureHelp = {
  gain: 'A bar for each task: how much better the network is than one trained on that task alone, in percent of the baseline’s metric. Right of zero it is better; rings are single seeds.',
  metric:
    'How good the network is on validation rows after each epoch, a line for each task, beside the baseline where there is one. The arrow at the name says which way is better.',
  loss: 'What training makes small, step by step, a chart for each task. Noise from step to step is that of the batches; look at where the line goes.',
  results:
    'The numbers behind the bars, from rows that no training step has seen. Each metric stands beside that of the baseline.',
  compared:
    'A column for each network that was trained on the same rows and seeds. Bold is what beats every other by an interval that leaves out zero.',
  heads:
    'Every attention map of the network in small; each head has learnt its own. Choose one to see it large.',
  map: 'Each row is a token that reads (the query), each column a token that is read (the key); the brighter a cell, the more is taken. Hatched cells are blocked by the mask.',
  cell: 'The numbers of one query and one key, before and after the mask. The bars below are the keys that this query reads most.',
  look: 'For each task token, the features that it reads most, as a mean over heads. How much is read does not say how much it matters.',
  rollout:
    'The maps of all blocks multiplied, so that what is read through a token in between counts as well. It is a rough picture: it leaves out values and feed-forward layers.',
  relatedness:
    'Each map has a cell for every pair of tasks: the angle that was asked for, the label correlation it implies, and the one that the drawn labels have. They differ, because noise and powers of the features change what labels share.',
  use: 'A row for each gate, a column for each expert: the mean share that the task takes of it. Rows that look alike use the same experts.',
  mask: 'Rows are tokens that read, columns tokens that are read; a hatched cell may not be read. Paint to block or open cells.',
  associations:
    'Which columns tell most about each other, on training rows alone. A feature that tells a label almost wholly is worth a second look: it may be the label in disguise.',
  reach:
    'What the masks of all blocks together leave open, step by step through the network. A blocked cell in one block does not close a way through a token in between.',
  leaks:
    'Pairs of tasks between which the trained network has a way, with the size of its effect as measured by gradients. A way that is open and unused shows a number near zero.',
  'what-if':
    'The trained network is measured again under another mask, without training. It has not learnt to do without what is now blocked, so a loss here is no verdict on the mask.',
  perturbation:
    'One value of another row of the batch is changed, and the predictions of this one are looked at. If they move, rows read each other.',
  similarity:
    'How alike two tasks mix the experts, row by row. At 1 they use the same experts in the same shares.',
  norms:
    'How steep the loss is in all weights together, step by step, on a logarithmic scale. A jump shows where training broke.',
  shares:
    'How much each task counted in the update, step by step, as the balancing method chose it. Equal shares are a flat line.',
  pareto:
    'A dot for each run or group: what it costs to the right, what it gains upward. The line joins those that nothing else beats in both.',
  kernels:
    'Where the time of a training step goes, operation by operation. A long bar with few launches is work; a short one with many is overhead.',
} satisfies Record<string, string>;

export type FigureId = keyof typeof figureHelp;
