// The formula of gain.
import { math } from '../charts/parts/mathml.ts';

const { row, fraction, sub, sup, sum, letter, number, sign, block } = math;
const indexed = (name: string) => sub(letter(name), letter('i'));

/** Sinodinos et al. 2025; l is 1 where lower is better, else 0. */
export function GainFormula() {
  return block(
    'gain = 100 over T, times the sum over tasks i of minus one to the l i, times M i minus B i, over the absolute value of B i',
    letter('Δ'),
    sign('='),
    fraction(number('100'), letter('T')),
    sum(row(letter('i'), sign('='), number('1')), letter('T')),
    sup(row(sign('('), sign('−'), number('1'), sign(')')), indexed('l')),
    fraction(row(indexed('M'), sign('−'), indexed('B')), row(sign('|'), indexed('B'), sign('|'))),
  );
}
