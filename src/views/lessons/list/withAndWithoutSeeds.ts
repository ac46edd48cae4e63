import type { Lesson } from '../lesson.ts';

export const withAndWithoutSeeds: Lesson = {
  title: 'A number with and without its seeds',
  minutes: 5,
  level: 'Evidence',
  summary: 'One run gives a number, five give a number that can be believed or not.',
  source: 'Bouthillier et al. 2021; Student 1908',
  notes: [
    'With a class: let everybody run the first step with another seed and collect the numbers on the board. That is the interval, by hand.',
    'Nearly everybody reads an interval that includes 0 as “no effect”. It only says that these runs do not show one.',
    'Then: how many seeds would halve the width of the interval? (Four times as many, roughly: it goes with one over the root.)',
  ],
  steps: [
    {
      title: 'One seed',
      text: [
        'A [[seed]] fixes the initial weights, the order of rows and the dropout. This is one run at a cosine where sharing hardly matters.',
        'Run it, and write down the sharing part.',
      ],
      experiment: { preset: 'sharing-neutral', settings: { repeats: 1 } },
      view: { tab: 'train' },
      until: { kind: 'run', settings: { repeats: 1, 'tasks.rho': 0.7 }, todo: 'Press Run: one seed.' },
    },
    {
      title: 'Five seeds',
      text: [
        'The same with five seeds. The headline is now a mean with its [[interval|95 % interval]], and a ring on the bars is one seed.',
      ],
      experiment: { preset: 'sharing-neutral' },
      view: { tab: 'train' },
      until: { kind: 'run', settings: { repeats: 5, 'tasks.rho': 0.7 }, todo: 'Press Run: five seeds.' },
      question: {
        text: 'The interval of the sharing part includes 0. What can you conclude?',
        options: [
          {
            text: 'Sharing makes no difference here: that has been shown.',
            why: 'An interval that includes 0 does not show that the effect is 0; more seeds could find a small one.',
          },
          {
            text: 'These five runs do not show whether sharing helps or hurts here.',
            right: true,
            why: 'No more than that. The width of the interval says how large an effect would have been seen.',
          },
          {
            text: 'The first seed was right: its sign is the answer.',
            why: 'Other seeds have the other sign; that is why the interval includes 0.',
          },
        ],
      },
    },
  ],
};
