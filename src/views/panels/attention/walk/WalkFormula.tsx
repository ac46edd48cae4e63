// The formula of each step in MathML (Vaswani et al. 2017, Eq. 1, taken apart).
import { math } from '../../../charts/parts/mathml.ts';
import type { WalkStep } from './walk.ts';

const { row, fraction, sub, sup, sum, root, letter, word, sign, block } = math;
const of = (name: string, index = 'j') => sub(letter(name), letter(index));

/** i is the query, j the key, l runs over all keys. */
const FORMULAS = {
  tokens: block(
    'q i = W Q x i, k j = W K x j, v j = W V x j, each with its bias',
    of('q', 'i'),
    sign('='),
    sub(letter('W'), letter('Q')),
    of('x', 'i'),
    sign(', '),
    of('k'),
    sign('='),
    sub(letter('W'), letter('K')),
    of('x'),
    sign(', '),
    of('v'),
    sign('='),
    sub(letter('W'), letter('V')),
    of('x'),
  ),
  product: block('q i dot k j', of('q', 'i'), sign('·'), of('k')),
  scale: block(
    's j = q i dot k j over the root of d',
    of('s'),
    sign('='),
    fraction(row(of('q', 'i'), sign('·'), of('k')), root(letter('d'))),
  ),
  mask: block(
    's j = minus infinity where blocked',
    of('s'),
    sign('='),
    sign('−'),
    sign('∞'),
    word(' where blocked'),
  ),
  softmax: block(
    'a j = e to the s j over the sum over l of e to the s l',
    of('a'),
    sign('='),
    fraction(sup(letter('e'), of('s')), row(sum(letter('l')), sup(letter('e'), of('s', 'l')))),
  ),
  mix: block('o i = sum over j of a j v j', of('o', 'i'), sign('='), sum(letter('j')), of('a'), of('v')),
} satisfies Record<WalkStep, unknown>;

export const WalkFormula = ({ step }: { step: WalkStep }) => FORMULAS[step];
