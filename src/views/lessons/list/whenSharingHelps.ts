import type { Lesson } from '../lesson.ts';

export const whenSharingHelps: Lesson = {
  title: 'When sharing helps, and when it hurts',
  minutes: 6,
  level: 'First steps',
  summary:
    'The same network and the same amount of data: only the relation of the tasks changes, and the gain turns negative.',
  about: ['tasks.rho', 'model.shared', 'training.twin'],
  source: 'Sinodinos et al. 2025; Wu et al. 2020',
  notes: [
    'Let everybody write down a sign for the second run before it starts: most expect no difference, not a loss.',
    'The network, the rows and the seeds are the same in both runs: only the cosine has changed. The bar below the tabs shows it.',
    'Then: give the shared layer more units (Model), and run the second experiment again. Is there still negative transfer?',
  ],
  steps: [
    {
      title: 'Eight close relatives',
      text: [
        'Eight tasks with 320 training rows: too few for one task alone. The [[cosine|cosine]] of the tasks is 0.95, so they nearly ask for the same direction.',
        'Run it. The [[twin]] is trained as well, so that the gain comes apart into architecture and sharing. Look at the sharing part.',
      ],
      experiment: { preset: 'sharing-helps' },
      view: { tab: 'train' },
      until: {
        kind: 'run',
        settings: { 'tasks.rho': 0.95, 'training.twin': 'both' },
        todo: 'Press Run: five seeds.',
      },
    },
    {
      title: 'Eight strangers',
      text: [
        'The same experiment with a cosine of 0: each task has a direction of its own. Nothing else has changed.',
        'Before you run it: what will the sharing part be?',
      ],
      experiment: { preset: 'sharing-hurts' },
      view: { tab: 'train' },
      until: { kind: 'run', settings: { 'tasks.rho': 0, 'training.twin': 'both' }, todo: 'Press Run again.' },
    },
    {
      title: 'Negative transfer',
      text: [
        'The bars of sharing have turned: this is negative [[transfer]]. The shared layer has 8 units for 8 directions that have nothing in common, so what one task writes into it gets in the way of another.',
        'Somewhere between 0.95 and 0 sharing makes no difference. Drag Cosine and look for it.',
      ],
      view: { tab: 'train' },
      question: {
        text: 'The shared layer has 8 units for 8 directions. Does sharing still cost 20 % if it has 64?',
        run: {
          todo: 'With Cosine 0, set Shared (under Model) to 64, and run.',
          settings: { 'tasks.rho': 0, 'model.shared': [64], 'training.twin': 'both' },
          experiment: { preset: 'sharing-hurts', settings: { 'model.shared': [64] } },
        },
        options: [
          {
            text: 'Yes: strangers cannot help each other, so sharing costs the same.',
            why: 'They cannot help each other, but with room enough they need not get in each other’s way either.',
          },
          {
            text: 'No: with room for every direction it costs next to nothing.',
            right: true,
            why: 'Where this was written, the sharing part went from −19.8 % to +0.6 %, with a 95 % interval of −1.5 to +2.7 %. Negative transfer is a matter of tasks and of room.',
          },
          {
            text: 'No: it turns into a large gain.',
            why: 'Tasks with nothing in common have nothing to teach each other, whatever the size of the layer.',
          },
        ],
      },
    },
  ],
};
