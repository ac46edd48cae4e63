import type { Lesson } from '../lesson.ts';

export const whatIsATask: Lesson = {
  title: 'What is a task?',
  minutes: 4,
  level: 'First steps',
  summary: 'One table, five things to predict, and one network that learns all of them.',
  source: 'Caruana 1997; Sinodinos et al. 2025',
  notes: [
    'Ask before Run: which columns of a table of yours would be features, which tasks? A column may be either; it depends on what is known of a new row.',
    'Students often take the five losses for one: point at the chart of each task, and at the sum that is minimised.',
    'Then: set Count to 1 under Tasks and run again. What is left of multitask learning?',
  ],
  steps: [
    {
      title: 'One table, several targets',
      text: [
        'A table has rows and columns. Some columns are known for every new row: the features. Others are what one wants to predict: each of them is a [[task]].',
        'This table has 12 features and 5 tasks. All five are numbers here; the Tasks tab shows how they are related.',
      ],
      experiment: { preset: 'correlated' },
      view: { tab: 'tasks' },
    },
    {
      title: 'Train one network on all of them',
      text: [
        '[[multitask|Multitask learning]] trains one network on the five tasks at once. Beside it the [[baseline]] trains a network for each task alone, on the same rows.',
        'Press Run and watch the losses fall, one chart for each task.',
      ],
      experiment: { preset: 'correlated', settings: { 'training.epochs': 6, 'data.rows': 4000 } },
      view: { tab: 'train' },
      until: {
        kind: 'run',
        settings: { 'tasks.count': 5 },
        todo: 'Press Run, and wait until it has finished.',
      },
    },
    {
      title: 'Read the result',
      text: [
        'The table below the charts gives [[explained-variance|explained variance]] for every task, of the network and of the baseline. [[gain|Gain]] says how much better the first is, in percent, and its sign is the same for every metric: positive is better.',
      ],
      view: { tab: 'train' },
      question: {
        text: 'Which rows do the numbers in the result table come from?',
        options: [
          {
            text: 'From the rows that the network was trained on.',
            why: 'On those a network that has learnt the table by heart would look perfect.',
          },
          {
            text: 'From test rows, which no training step and no choice of an epoch has seen.',
            right: true,
            why: 'Training rows fit the weights, validation rows choose the epoch, and test rows give the number.',
          },
          {
            text: 'From the validation rows.',
            why: 'Those chose which epoch is kept, so the best of many tries on them would look better than it is.',
          },
        ],
      },
    },
  ],
};
