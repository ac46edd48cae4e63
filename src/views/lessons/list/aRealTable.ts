import type { Lesson } from '../lesson.ts';

export const aRealTable: Lesson = {
  title: 'A real table: penguins',
  minutes: 5,
  level: 'Evidence',
  summary:
    'Species, sex and body mass of 344 penguins, with missing values, few rows and three kinds of tasks.',
  source: 'Gorman, Williams and Fraser 2014; Horst, Hill and Gorman 2020',
  notes: [
    'Ask: what is lost if all rows with a missing value are left out? The Data tab has the counts.',
    'Sex is missing for some penguins, and is a task here: such rows still serve the other two tasks.',
    'Then: open a table of your own by Open; the same tab says what each column was taken for.',
  ],
  steps: [
    {
      title: 'Three kinds of tasks',
      text: [
        'Species is one of three classes, sex one of two, body mass a number. Each kind has its own loss and its own metric: [[auroc]] for classes, explained variance for numbers.',
        'The settings on the left say which columns are predicted. All others are features.',
      ],
      experiment: { preset: 'penguins' },
      view: { tab: 'tasks' },
    },
    {
      title: 'Train it',
      text: [
        'There are some 240 training rows, so a minute is enough. Look at the notes of the run: they say what was done about missing values.',
      ],
      view: { tab: 'train' },
      until: { kind: 'run', settings: { data: 'table' }, todo: 'Press Run.' },
    },
    {
      title: 'Few rows',
      text: [
        'The test [[split]] holds about fifty penguins. One more or one less on the right side moves accuracy by two points.',
      ],
      view: { tab: 'train' },
      question: {
        text: 'The AUROC of species is 1.000 for the network and 0.998 for the baseline. Is the network better?',
        options: [
          { text: 'Yes, its number is larger.', why: 'By a pair or two of some fifty rows, with one seed.' },
          {
            text: 'One run on fifty test rows cannot say: raise Seeds, and look at the interval.',
            right: true,
            why: 'And a metric so close to its limit has no room to show a difference: log loss has.',
          },
        ],
      },
    },
  ],
};
