import type { Lesson } from '../lesson.ts';

export const withAndWithoutSeeds: Lesson = {
  title: 'A number with and without its seeds',
  minutes: 6,
  level: 'Evidence',
  summary: 'One run gives a number, five give a number that can be believed or not.',
  about: ['repeats', 'tasks.rho'],
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
        'A [[seed]] fixes the initial weights, the order of rows and the [[dropout]]. This is one run at a [[cosine|cosine]] where sharing hardly matters.',
        'Run it, and write down the sharing part of the [[gain]]: what the network has over its [[twin]].',
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
        text: 'Ten seeds instead of five: how wide will the interval be?',
        run: {
          todo: 'Set Seeds to 10, and run.',
          settings: { repeats: 10, 'tasks.rho': 0.7 },
          experiment: { preset: 'sharing-neutral', settings: { repeats: 10 } },
        },
        options: [
          {
            text: 'Half as wide: there are twice as many numbers.',
            why: 'The standard error goes with one over the root of n, which twice the seeds divide by 1.4 and not by 2.',
          },
          {
            text: 'About 0.6 of it, give or take.',
            right: true,
            why: 'The root of two, and a smaller t (2.26 instead of 2.78), make 0.58 of it if the spread stays. Where this was written, −2.9 to +2.8 % became −0.1 to +3.4 %: it still includes 0, so these runs do not show that sharing helps.',
          },
          {
            text: 'As wide: seeds differ as much as before.',
            why: 'They do, and their spread stays. The interval is that of their mean, which more seeds pin down.',
          },
        ],
      },
    },
  ],
};
