import type { Lesson } from '../lesson.ts';

const settings = { 'training.epochs': 4, 'data.rows': 3000 };

export const whatAMaskForbids: Lesson = {
  title: 'What a mask forbids, and what leaks anyway',
  minutes: 8,
  level: 'Masks and networks',
  summary: 'A mask closes one step. With two blocks there is a way around, and it can be measured.',
  about: ['model.mask', 'model.blocks'],
  source: 'Sinodinos et al. 2025',
  notes: [
    'Draw it on the board first: task 1, feature, task 2, and two blocks. Where would a letter from task 1 be after each block?',
    'That a cell is hatched in every block does not mean that no path is open: students take the picture of one block for the network.',
    'Then: switch on attention between rows, and look at the tests again. Which new way is there?',
  ],
  steps: [
    {
      title: 'Tasks cannot read tasks',
      text: [
        'The [[txt]] blocks every pair of two task tokens: hatched on the map. Rows are queries, columns are keys.',
        'This network has two [[block|blocks]].',
      ],
      experiment: { preset: 'correlated', settings: { ...settings, 'model.blocks': 2, 'model.mask': 'TxT' } },
      view: { tab: 'masks', panels: { masks: 'paint' } },
    },
    {
      title: 'The way around',
      text: [
        'In the first block a feature token reads task 1; in the second, task 2 reads that feature token. No step is blocked, so task 1 reaches task 2: a [[leak]].',
        'Train it, then look at the tests: [[gradient|gradients]] show which task outputs depend on which task tokens.',
      ],
      view: { tab: 'masks', panels: { masks: 'tests' } },
      until: {
        kind: 'run',
        settings: { 'model.blocks': 2, 'model.mask': 'TxT' },
        todo: 'Press Run, and look at the tests when it has finished.',
      },
    },
    {
      title: 'Closing it',
      text: [
        'With both masks, F×T and T×T, a feature token cannot read a task token either. Now there is no way around.',
        'Train that, and compare the tests.',
      ],
      experiment: {
        preset: 'correlated',
        settings: { ...settings, 'model.blocks': 2, 'model.mask': 'FxT_TxT' },
      },
      view: { tab: 'masks', panels: { masks: 'tests' } },
      until: {
        kind: 'run',
        settings: { 'model.blocks': 2, 'model.mask': 'FxT_TxT' },
        todo: 'Press Run again.',
      },
      question: {
        text: 'With one block and the T×T mask alone, is there a leak between tasks within a row?',
        run: {
          todo: 'Set Mask to T×T and Blocks to 1, run, and look at the tests.',
          settings: { 'model.blocks': 1, 'model.mask': 'TxT' },
          experiment: {
            preset: 'correlated',
            settings: { ...settings, 'model.blocks': 1, 'model.mask': 'TxT' },
          },
        },
        options: [
          {
            text: 'Yes, through the feature tokens.',
            why: 'A feature token that has read a task in the only block is read by nobody afterwards.',
          },
          {
            text: 'No: the way around takes two steps, and there is one.',
            right: true,
            why: 'The tests find no output of a task that depends on the token of another. Attention between rows would be another way.',
          },
        ],
      },
    },
  ],
};
