// The quantities that a cell of an attention map can show. A quantity is an entry here: its words, its values, its scale and
// its format; panel, thumbnails, differences and files follow from it.
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import type { AttentionQuantity } from '../../../store/view.ts';
import { formatFixed } from '../../charts/format.ts';

interface Quantity {
  /** Label of the switch. */
  label: string;
  title: string;
  /** Name in captions. */
  name: string;
  values(map: AttentionMap): Float32Array;
  /** Non-negative and often small: drawn on a square-root scale. */
  fromZero: boolean;
  /** Computed after the mask: blocked cells are hatched. */
  isMasked: boolean;
  /** Formats the value of an open cell. */
  show(value: number): string;
}

const decimals = (value: number) => formatFixed(value, 4);

export const QUANTITIES: Record<AttentionQuantity, Quantity> = {
  scores: {
    label: 'Before mask',
    title: 'Scaled scores before the mask',
    name: 'Scaled scores before the mask',
    values: (map) => map.scores,
    fromZero: false,
    isMasked: false,
    show: decimals,
  },
  'masked-scores': {
    label: 'After mask',
    title: 'Scaled scores after the mask; blocked ones are −∞',
    name: 'Scaled scores after the mask',
    values: ({ scores, blocked }) =>
      blocked ? scores.map((score, at) => (blocked[at] ? Number.NEGATIVE_INFINITY : score)) : scores,
    fromZero: false,
    isMasked: true,
    show: (value) => (value === Number.NEGATIVE_INFINITY ? '−∞' : decimals(value)),
  },
  weights: {
    label: 'Weights',
    title: 'Softmax weights; each query sums to 1',
    name: 'Softmax weights',
    values: (map) => map.weights,
    fromZero: true,
    isMasked: true,
    show: showWeight,
  },
  'value-weights': {
    label: 'Weights × value',
    title:
      'Weight times the norm of what the key adds: its value behind the output projection of the head, ‖α v W‖ (Kobayashi et al. 2020). A key that is read much and adds little is small here.',
    name: 'Weights times value norm (Kobayashi et al. 2020)',
    values: (map) => map.valueWeights,
    fromZero: true,
    isMasked: true,
    show: showWeight,
  },
};

export const quantityOf = (quantity: AttentionQuantity): Quantity => QUANTITIES[quantity];

/** Four decimals, or three digits and an exponent if four decimals would show only zeros. */
export function showWeight(weight: number): string {
  return weight > 0 && weight < 1e-3 ? weight.toExponential(2) : formatFixed(weight, 4);
}
