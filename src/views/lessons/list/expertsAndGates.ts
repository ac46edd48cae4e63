import type { Lesson } from '../lesson.ts';

const settings = {
  model: 'mmoe',
  'model.expert': [32],
  'model.tower': [16],
  'data.rows': 4000,
  'training.epochs': 8,
};

export const expertsAndGates: Lesson = {
  title: 'Experts and gates',
  minutes: 6,
  level: 'Masks and networks',
  summary: 'Six small networks, and how each task mixes them.',
  about: ['model', 'model.experts'],
  source: 'Ma et al. 2018',
  notes: [
    'Ask before Run: with five tasks and six experts, will every task take one for itself? Then look.',
    'The map shows means over rows; a gate may still choose differently from row to row, as the spread shows.',
    'Then: choose PLE as the model. Which experts can only one task use?',
  ],
  steps: [
    {
      title: 'A mixture instead of one shared layer',
      text: [
        'The simplest way to share is one network for all tasks, a shared bottom. MMoE has several [[expert|experts]] in its place, and a [[gate]] for each task: row by row it says in which shares the task takes the experts, by a [[softmax]].',
        'Run it with the Experts tab open.',
      ],
      experiment: {
        preset: 'correlated',
        settings: { ...settings, 'model.experts': 6 },
      },
      view: { tab: 'experts' },
      until: { kind: 'run', settings: { model: 'mmoe', 'model.experts': 6 }, todo: 'Press Run.' },
    },
    {
      title: 'Who uses whom',
      text: [
        'Each row of the map is the gate of a task, each column an expert, each cell the mean share over the rows. Tasks whose rows look alike use the same experts.',
        'An expert that no gate uses has parameters and no effect.',
      ],
      view: { tab: 'experts' },
      question: {
        text: 'With one expert instead of six, what can the gates still do?',
        run: {
          todo: 'Set Experts to 1, run, and look at the map.',
          settings: { model: 'mmoe', 'model.experts': 1 },
          experiment: { preset: 'correlated', settings: { ...settings, 'model.experts': 1 } },
        },
        options: [
          {
            text: 'Each task takes as much of it as it needs.',
            why: 'A softmax over one entry is 1 whatever its input: every gate takes all of the expert.',
          },
          {
            text: 'Nothing: all shares are 1, and the network is one with a shared bottom.',
            right: true,
            why: 'What is left is the network of Caruana 1997. Where this was written, the gain fell from +2.4 % to −1.7 %, with one seed; the gates and five experts made the difference.',
          },
        ],
      },
    },
  ],
};
