import type { Lesson } from '../lesson.ts';

const settings = { 'data.rows': 3000, 'training.epochs': 8, 'tasks.degrees': [1, 4], 'tasks.count': 4 };

export const oneTaskShouts: Lesson = {
  title: 'One task shouts',
  minutes: 7,
  level: 'First steps',
  summary: 'A task with large numbers takes the network for itself, until the targets have one scale.',
  about: ['data.standardiseTargets', 'training.weighting'],
  source: 'Kendall et al. 2018; Chen et al. 2018',
  notes: [
    'Ask: if two losses are added, one in metres and one in millimetres, which one is learnt?',
    'Loss and metric are easily mixed up: the loss has the unit of the label, explained variance has none.',
    'Then: leave the targets as they are and choose a balancing method under Training instead. Which remedy is simpler?',
  ],
  steps: [
    {
      title: 'Targets as they are',
      text: [
        'Tasks 1 and 3 are linear in the features, tasks 2 and 4 polynomials of degree 4: their labels vary much more. Standardising of targets is off, so an error of 5 counts 25 whatever the task.',
        'Run it, and compare the [[explained-variance|explained variance]] of tasks 1 and 3 with that of tasks 2 and 4.',
      ],
      experiment: { preset: 'correlated', settings: { ...settings, 'data.standardiseTargets': false } },
      view: { tab: 'train' },
      until: {
        kind: 'run',
        settings: { 'data.standardiseTargets': false, 'tasks.degrees': [1, 4] },
        todo: 'Press Run.',
      },
    },
    {
      title: 'Targets of one scale',
      text: [
        'Now with [[standardise|standardised targets]]: every task has variance 1 on the training rows, so none is loud because of its unit.',
        'Run again and look at tasks 1 and 3. Explained variance does not depend on the unit, so the two runs can be compared: where this was written, task 1 went from 0.82 to 0.96.',
      ],
      experiment: { preset: 'correlated', settings: { ...settings, 'data.standardiseTargets': true } },
      view: { tab: 'train' },
      until: {
        kind: 'run',
        settings: { 'data.standardiseTargets': true, 'tasks.degrees': [1, 4] },
        todo: 'Press Run again.',
      },
    },
    {
      title: 'Other ways to balance',
      text: [
        'Scaling the targets is the first remedy. A [[weighting|balancing method]] (under Training) is the second: it changes how much each task counts while the network trains.',
      ],
      view: { tab: 'train' },
      question: {
        text: 'Leave the targets as they are, and let UW (uncertainty weighting) weigh the losses. What becomes of the four tasks in these 8 epochs?',
        run: {
          todo: 'Switch Standardise off, set Weighting to UW, and run.',
          settings: { 'data.standardiseTargets': false, 'training.weighting': 'uw', 'tasks.degrees': [1, 4] },
          experiment: {
            preset: 'correlated',
            settings: { ...settings, 'data.standardiseTargets': false, 'training.weighting': 'uw' },
          },
        },
        options: [
          {
            text: 'All four are as good as with targets of one scale.',
            why: 'The quiet ones nearly are; look at tasks 2 and 4, which have lost what kept them ahead.',
          },
          {
            text: 'Tasks 1 and 3 come up, and tasks 2 and 4 fall far behind.',
            right: true,
            why: 'Where this was written, task 1 went from 0.82 to 0.95 and task 4 from 0.75 to 0.13: the weights that quieten a loud task also slow its learning. Scale first, balance second.',
          },
          {
            text: 'Nothing changes: the sum of the losses is what is minimised.',
            why: 'The weights are part of what is minimised, so the sum is another one.',
          },
        ],
      },
    },
  ],
};
