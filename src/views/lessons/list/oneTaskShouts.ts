import type { Lesson } from '../lesson.ts';

const settings = { 'data.rows': 3000, 'training.epochs': 8, 'tasks.degrees': [1, 4], 'tasks.count': 4 };

export const oneTaskShouts: Lesson = {
  title: 'One task shouts',
  minutes: 6,
  level: 'First steps',
  summary: 'A task with large numbers takes the network for itself, until the targets have one scale.',
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
        text: 'In the first run the sum of the losses fell. Had the network learnt all tasks?',
        options: [
          {
            text: 'Yes: the sum is what is minimised.',
            why: 'The sum is nearly that of the loud tasks; it falls while the quiet ones stand still.',
          },
          {
            text: 'That cannot be told from the sum: the loud tasks decide it.',
            right: true,
            why: 'Look at every task by itself, in a unit that can be compared, as the result table does.',
          },
        ],
      },
    },
  ],
};
