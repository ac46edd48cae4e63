import type { Lesson } from '../lesson.ts';

export const expertsAndGates: Lesson = {
  title: 'Experts and gates',
  minutes: 5,
  level: 'Masks and networks',
  summary: 'Six small networks, and how each task mixes them.',
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
        'MMoE has several [[expert|experts]] where a shared bottom has one network. Every task has a [[gate]]: for each row it says in which shares the task takes the experts.',
        'Run it with the Experts tab open.',
      ],
      experiment: {
        preset: 'correlated',
        settings: {
          model: 'mmoe',
          'model.experts': 6,
          'model.expert': [32],
          'model.tower': [16],
          'data.rows': 4000,
          'training.epochs': 8,
        },
      },
      view: { tab: 'experts' },
      until: { kind: 'run', settings: { model: 'mmoe' }, todo: 'Press Run.' },
    },
    {
      title: 'Who uses whom',
      text: [
        'Each row of the map is the gate of a task, each column an expert, each cell the mean share over the rows. Tasks whose rows look alike use the same experts.',
        'An expert that no gate uses has parameters and no effect.',
      ],
      view: { tab: 'experts' },
      question: {
        text: 'Two tasks with the cosine 0 share one expert almost wholly. Is that a fault?',
        options: [
          {
            text: 'Yes: unrelated tasks must have different experts.',
            why: 'Nothing in the training asks for that: the gates follow the losses alone.',
          },
          {
            text: 'Not by itself: look whether the sharing part of the gain is negative for them.',
            right: true,
            why: 'A wide expert can hold two directions side by side. Whether sharing costs is measured by the twin, not by the gates.',
          },
        ],
      },
    },
  ],
};
