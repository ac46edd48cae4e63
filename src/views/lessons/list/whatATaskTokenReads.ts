import type { Lesson } from '../lesson.ts';

export const whatATaskTokenReads: Lesson = {
  title: 'What a task token reads',
  minutes: 8,
  level: 'Masks and networks',
  summary: 'Rows and columns of an attention map, and what each task takes from each feature.',
  about: ['model.mask'],
  source: 'Sinodinos et al. 2025; Vaswani et al. 2017, Eq. 1',
  notes: [
    'Let students choose a cell of their own and say in words who reads whom; rows and columns are mistaken more often than anything else.',
    'A weight is no importance: the value may be small, and later layers may drop it. The switch Weights × value shows the first of these.',
    'On the stage, the walk through a cell is turned by a clicker once it has the focus; six steps take about three minutes.',
  ],
  steps: [
    {
      title: 'Tokens',
      text: [
        'MultiTab-Net turns every feature of a row into a [[token]], and adds one token per task. [[attention|Attention]] lets the tokens read each other; at the end each task’s own token is what its tower predicts from.',
      ],
      experiment: { preset: 'correlated', settings: { 'training.epochs': 6, 'data.rows': 4000 } },
      view: { tab: 'models' },
    },
    {
      title: 'Train, with the map open',
      text: [
        'A row of the map is a query: the token that reads. A column is a key: the token that is read. Each row sums to 1.',
        'Press Run and watch the first five rows, which are the task tokens: they begin alike, and each finds its own features.',
      ],
      view: { tab: 'attention' },
      until: { kind: 'run', settings: { model: 'multitab-net', 'tasks.count': 5 }, todo: 'Press Run.' },
    },
    {
      title: 'One cell',
      text: [
        'Choose a cell with the mouse, or go to it with the arrow keys. Below the map its numbers stand: score, mask, weight.',
        'Hatched cells are blocked by the [[mask]]; their weight is exactly 0, not merely small.',
      ],
      view: { tab: 'attention', panels: { attention: { walk: null } } },
    },
    {
      title: 'Where a weight comes from',
      text: [
        'Below the map, the chosen cell is taken apart for one row: query times key, divided by the root of the head size, masked, [[softmax]], and what is taken of the value. All numbers are those of the network you trained.',
        'Go through the six steps with the arrow keys or Next step, then choose another cell.',
      ],
      view: {
        tab: 'attention',
        panels: {
          attention: { walk: 0, cell: { row: 1, column: 11 }, rows: { kind: 'rows', rows: [0] } },
        },
      },
      question: {
        text: 'Without a mask, what changes in the first five rows of the map, those of the task tokens?',
        run: {
          todo: 'Set Mask to None, run, and look at the first five columns of those rows.',
          settings: { model: 'multitab-net', 'tasks.count': 5, 'model.mask': 'none' },
          experiment: {
            preset: 'correlated',
            settings: { 'training.epochs': 6, 'data.rows': 4000, 'model.mask': 'none' },
          },
        },
        options: [
          {
            text: 'Each row now sums to more than 1: more tokens are read.',
            why: 'The softmax makes every row sum to 1, however many keys are open.',
          },
          {
            text: 'Cells that were hatched have weights, and the row still sums to 1: what is read of tasks is not read of features.',
            right: true,
            why: 'Whether that helps is another question: a weight says how much of a value is taken, not what it is worth. What if, under Masks, asks the network.',
          },
          {
            text: 'Nothing, unless the tasks are related.',
            why: 'The softmax of an open cell is never 0; only a mask makes it exactly 0.',
          },
        ],
      },
    },
  ],
};
