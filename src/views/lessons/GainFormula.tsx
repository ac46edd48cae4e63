// The formula of gain in MathML, which browsers draw and screen readers read.
import { createElement, type ReactNode } from 'react';

const element =
  (tag: string) =>
  (...children: ReactNode[]) =>
    createElement(tag, null, ...children);
const row = element('mrow');
const fraction = element('mfrac');
const sub = element('msub');
const sup = element('msup');
const underOver = element('munderover');
const letter = element('mi');
const number = element('mn');
const sign = element('mo');

const indexed = (name: string) => sub(letter(name), letter('i'));

/** Sinodinos et al. 2025; l is 1 where lower is better, else 0. */
export function GainFormula() {
  return createElement(
    'math',
    {
      display: 'block',
      'aria-label':
        'gain = 100 over T, times the sum over tasks i of minus one to the l i, times M i minus B i, over the absolute value of B i',
    },
    letter('Δ'),
    sign('='),
    fraction(number('100'), letter('T')),
    underOver(sign('∑'), row(letter('i'), sign('='), number('1')), letter('T')),
    sup(row(sign('('), sign('−'), number('1'), sign(')')), indexed('l')),
    fraction(row(indexed('M'), sign('−'), indexed('B')), row(sign('|'), indexed('B'), sign('|'))),
  );
}
