import type { Lesson } from '../lesson.ts';

export const whatIsATask: Lesson = {
  title: 'What is a task?',
  minutes: 5,
  level: 'First steps',
  summary: 'One table, five things to predict, and one network that learns all of them.',
  about: ['tasks.count', 'training.epochs'],
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
        'The numbers are of test rows, which no training step and no choice of an epoch has seen: training rows fit the weights, validation rows choose the epoch.',
      ],
      view: { tab: 'train' },
      question: {
        text: 'After 6 epochs the mean gain is negative. Do the five tasks hurt each other?',
        run: {
          todo: 'Set Epochs to 24, and run again.',
          settings: { 'tasks.count': 5, 'training.epochs': 24 },
          experiment: { preset: 'correlated', settings: { 'training.epochs': 24, 'data.rows': 4000 } },
        },
        options: [
          {
            text: 'Yes: a negative gain says that learning together costs something.',
            why: 'The same network on the same rows comes out ahead when it trains longer, so six epochs were too few. A gain is that of a network as it was trained.',
          },
          {
            text: 'That cannot be told yet: the network may not have finished learning.',
            right: true,
            why: 'Where this was written, the gain went from −4.9 % after 6 epochs to +1.1 % after 24: the baseline had learnt faster. Look at the curves before you read the number.',
          },
          {
            text: 'Yes, and a longer run makes it worse.',
            why: 'The losses of the network still fell at the end of 6 epochs: it had more to gain by training than the baseline.',
          },
        ],
      },
    },
  ],
};
