import type { Lesson } from '../lesson.ts';

export const aRealTable: Lesson = {
  title: 'A real table: penguins',
  minutes: 6,
  level: 'Evidence',
  summary:
    'Species, sex and body mass of 344 penguins, with missing values, few rows and three kinds of tasks.',
  about: ['tasks.targets', 'repeats'],
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
        text: 'Your one run has a mean gain. Do five seeds confirm its sign?',
        run: {
          todo: 'Set Seeds to 5, and run.',
          settings: { data: 'table', repeats: 5 },
          experiment: { preset: 'penguins', settings: { repeats: 5 } },
        },
        options: [
          {
            text: 'Yes: it is the same table.',
            why: 'Each seed draws other initial weights and another order of rows, and with fifty test rows a pair or two decides.',
          },
          {
            text: 'No: the 95 % interval of the mean includes 0.',
            right: true,
            why: 'Where this was written, one seed said +0.7 % and five said −1.0 to +1.1 %. And the AUROC of species is at its limit, where no network can show a difference.',
          },
        ],
      },
    },
  ],
};
