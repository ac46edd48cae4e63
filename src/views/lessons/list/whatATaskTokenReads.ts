import type { Lesson } from '../lesson.ts';

export const whatATaskTokenReads: Lesson = {
  title: 'What a task token reads',
  minutes: 7,
  level: 'Masks and networks',
  summary: 'Rows and columns of an attention map, and what each task takes from each feature.',
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
        'Below the map, the chosen cell is taken apart for one row: query times key, divided by the root of the head size, masked, softmax, and what is taken of the value. All numbers are those of the network you trained.',
        'Go through the six steps with the arrow keys or Next step, then choose another cell.',
      ],
      view: {
        tab: 'attention',
        panels: {
          attention: { walk: 0, cell: { row: 1, column: 11 }, rows: { kind: 'rows', rows: [0] } },
        },
      },
      question: {
        text: 'The weight of task 2 on feature 7 is 0.3. What does that say?',
        options: [
          {
            text: 'That feature 7 explains 30 % of task 2.',
            why: 'A weight says how much of a value is taken, not what it is worth: values, later layers and the tower decide that.',
          },
          {
            text: 'That in this head and block, 30 % of what the token of task 2 takes are the values of feature 7.',
            right: true,
            why: 'That is all a weight is. Whether the prediction depends on it is asked by changing the feature, or by What if under Masks.',
          },
        ],
      },
    },
  ],
};
