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
    'How far the outputs of the other rows of a batch move when a token of one row moves, and how much a prediction varies with its companions. Where no layer lets rows meet, both are 0.',
  similarity:
    'How alike two tasks mix the experts: the cosine of their mean weights over validation rows. At 1 they use the same experts in the same shares.',
  norms:
    'How steep the loss is in all weights together, step by step, on a logarithmic scale. A jump shows where training broke.',
  shares:
    'How much each task counted in the update, step by step, as the balancing method chose it. Equal shares are a flat line.',
  pareto:
    'A dot for each run or group: what it costs to the right, what it gains upward. The line joins those that nothing else beats in both.',
  kernels:
    'Where the time of a training step goes, operation by operation. A long bar with few launches is work; a short one with many is overhead.',
  costs:
    'What each architecture would cost on the table at hand: its size, its arithmetic and the time of a measured training step. Nothing is trained for it beyond a few steps of a copy.',
  profile:
    'What one training step of each network takes, measured on a copy: time, launches, JavaScript and memory. Choose a network to see its kernels below.',
  timeline:
    'One training step from left to right, a bar for each kernel, in rows of forward pass, backward pass and update. Gaps are time in which no kernel runs.',
  'head-distance':
    'How differently two heads read: 0 where they weigh the same keys alike, 1 where they have no key in common. Dark pairs do the same work twice.',
  walk: 'The way from the vectors of a query and a key to the weight of this one cell, and on to what the query takes, with the numbers of the network. Each step is one line of the formula of attention.',
  columns:
    'A row for each column of the file: what it is taken for, why, and what its values are like. Change a type where the guess is wrong.',
  reading:
    'The first rows as they are read with these settings of the file. If columns run together or numbers stay texts, change the settings here.',
  'task-facts':
    'What each task predicts, and what its labels are like on training rows. Large differences in spread let one task rule the sum of the losses.',
  'table-facts':
    'The size of the table, its columns and its splits, as this run has read them. All that is fitted to data is fitted on the training split alone.',
  splits:
    'How many labelled rows, or rows of a class, each task has in training, validation and test. Few rows in a split make its metric uncertain.',
  evenness:
    'How evenly each gate spreads its weight over the experts, row by row: 1 is all alike, 0 is a single expert. The mean map hides this, because gates that switch from row to row look even in it.',
  spread:
    'How often the chosen gate gives each expert which weight, over validation rows. A narrow hill says that the gate does not look at the row; two hills say that it switches.',
  anomalies:
    'Three ways in which experts go wrong, each with the limit from which it counts. They are looked for on validation rows, and are no verdict on the gain.',
  'gate-weights':
    'A row for each gate, a column for each expert: the mean weight over validation rows. Hatched cells are experts that the gate cannot use.',
  'mask-runs':
    'The results of runs that differ in the mask alone, from the same initial values and batches. What changes from row to row is what the mask did.',
  assertions:
    'What the masks promise, tested on the trained network one by one. Each has the value that was measured and the limit that it must keep.',
  'changed-row':
    'A row of the batch for each column, a task for each row: how far each output moved when one value of one row was changed. Cells beside that row are 0 unless rows read each other.',
  groups:
    'Groups of tasks that should be trained together by the chosen measure, or as many groups as score best. It is a forecast: train the groups to see.',
  relations:
    'A cell for each pair of tasks, by the chosen measure of how they get on in what they share. Read a row as: this task acts on, or agrees with, the task of the column.',
  update:
    'How much of the step that was taken points along the gradient of each task. A task with a large share decides where the shared weights go.',
  agreement:
    'How well each cheap measure ranks pairs of tasks as the gain, or training them together, ranks them. At 1 the order is the same, at 0 it says nothing.',
  curves:
    'One quantity over training for all chosen runs, with their mean and spread over seeds. Where bands overlap, the runs cannot be told apart.',
  'run-figures':
    'The results of the chosen runs as numbers, from test rows, a row for each group. The spread is that of the seeds.',
  'sweep-grid':
    'A cell for each combination of two settings: the mean over its runs. Choose a cell to see its runs below.',
  'sweep-lines':
    'The chosen figure along one setting, a line for each value of the other. The band is the 95 % interval over seeds.',
  tradeoff:
    'A dot for each cell of the sweep: the metric of one task to the right, that of another upward, with their 95 % intervals. The line joins the cells that no other beats in both; the other dots are hollow.',
  'sweep-cells':
    'One line for each cell of the sweep, through its value of each setting to its result at the right. Lines of one colour that share a value show what that value brings.',
  'sweep-attention':
    'The attention maps of one run for each combination of settings, small and side by side. Look for what changes along a row.',
  'last-steps':
    'The losses of the last steps before training broke, task by task. The task whose line leaves first is where to look.',
} satisfies Record<string, string>;

export type FigureId = keyof typeof figureHelp;
