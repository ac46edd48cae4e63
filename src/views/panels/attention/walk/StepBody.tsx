// The content of one step of the walk: a sentence with its numbers, the formula, and the table behind it.
import type { ReactNode } from 'react';
import type { AttentionWalk } from '../../../../engine/protocol/attention.ts';
import { formatFixed } from '../../../charts/format.ts';
import { DataTable, type TableData } from '../../../charts/parts/DataTable.tsx';
import { tokenName } from '../maps.ts';
import { showWeight } from '../quantities.ts';
import { WalkFormula } from './WalkFormula.tsx';
import classes from './walk.module.css';
import { type Key, largestOf, vectorOf, type Walked, type WalkStep } from './walk.ts';

const MOST_ROWS = 16;
const MAX_HEIGHT = 300;
/** The network computes in float32, this page in float64. */
const TOLERANCE = 1e-4;

const show = (value: number) => formatFixed(value, 4);

export interface StepProps {
  step: WalkStep;
  walk: AttentionWalk;
  of: Walked;
  keyAt: number;
}

export function StepBody(props: StepProps) {
  const { text, table } = CONTENT[props.step](props);
  return (
    <div className={classes.body}>
      <div className={classes.said}>
        <p role="status">{text}</p>
        <WalkFormula step={props.step} />
      </div>
      <DataTable data={table} maxHeight={MAX_HEIGHT} />
    </div>
  );
}

interface Content {
  text: ReactNode;
  table: TableData;
}

const nameOf = ({ tokens, cells }: AttentionWalk, at: number): string => {
  const token = tokens[at];
  const cell = cells[at]?.replace(/^-(?=\d)/, '−');
  return `${token ? tokenName(token) : at}${cell ? ` = ${cell}` : ''}`;
};

/** A table by dimension of the head: the chosen columns, and below them the sums of those in `sums`. */
function byDimension(
  walk: AttentionWalk,
  caption: string,
  columns: readonly { head: string; value(d: number): number; isSum?: true }[],
): TableData {
  const last = columns.at(-1);
  const shown = largestOf(walk.headSize, (d) => Math.abs(last?.value(d) ?? 0), MOST_ROWS);
  const rest = Array.from({ length: walk.headSize }, (_, d) => d).filter((d) => !shown.includes(d));
  const sumOf = (over: readonly number[], value: (d: number) => number) =>
    over.reduce((sum, d) => sum + value(d), 0);
  const row = (head: string, over: readonly number[]) => [
    head,
    ...columns.map(({ value, isSum }) => (isSum ? show(sumOf(over, value)) : '')),
  ];
  const all = [...shown, ...rest];
  return {
    caption,
    header: ['Number', ...columns.map((c) => c.head)],
    rows: [
      ...shown.map((d) => [String(d), ...columns.map((c) => show(c.value(d)))]),
      ...(rest.length > 0 ? [row(`${rest.length} smaller`, rest)] : []),
      ...(columns.some((c) => c.isSum) ? [row('Sum', all)] : []),
    ],
  };
}

/** A table by key: the largest weights, including the chosen key. */
function byKey(
  { walk, of, keyAt }: StepProps,
  caption: string,
  columns: readonly { head: string; value(key: Key): string }[],
): TableData {
  const shown = largestOf(of.keys.length, (at) => of.keys[at]?.weight ?? 0, MOST_ROWS, keyAt);
  const rest = of.keys.length - shown.length;
  return {
    caption: rest > 0 ? `${caption}; ${rest} keys of smaller weight are left out` : caption,
    header: ['Key', ...columns.map((c) => c.head)],
    rows: shown.map((at) => [
      `${at === keyAt ? '▸ ' : ''}${nameOf(walk, at)}`,
      ...columns.map((c) => c.value(of.keys[at] as Key)),
    ]),
  };
}

const PRODUCT = { head: 'q · k', value: (key: Key) => show(key.product) };
const SCORE = { head: 'score', value: (key: Key) => show(key.score) };
const MASKED = { head: 'after mask', value: (key: Key) => (key.blocked ? '−∞, blocked' : show(key.score)) };
const POWER = { head: 'exp(score − largest)', value: (key: Key) => showWeight(key.power) };
const WEIGHT = { head: 'weight', value: (key: Key) => showWeight(key.weight) };

const CONTENT: Record<WalkStep, (props: StepProps) => Content> = {
  tokens: ({ walk, keyAt }) => ({
    text: `Three matrices, learnt in training, turn each token into a query, a key and a value of ${walk.headSize} numbers in this head. Query ${nameOf(walk, walk.query)} asks, key ${nameOf(walk, keyAt)} answers, and its value is what would be taken.`,
    table: byDimension(walk, 'Query of the one, key and value of the other', [
      { head: 'query q', value: (d) => walk.queryVector[d] as number },
      { head: 'key k', value: (d) => vectorOf(walk, walk.keys, keyAt)[d] as number },
      { head: 'value v', value: (d) => vectorOf(walk, walk.values, keyAt)[d] as number },
    ]),
  }),
  product: ({ walk, of, keyAt }) => ({
    text: `Number by number, query times key; the sum is ${show(of.keys[keyAt]?.product ?? Number.NaN)}. It is large where both point the same way.`,
    table: byDimension(walk, 'Query times key', [
      { head: 'q', value: (d) => walk.queryVector[d] as number },
      { head: 'k', value: (d) => vectorOf(walk, walk.keys, keyAt)[d] as number },
      {
        head: 'q × k',
        value: (d) => (walk.queryVector[d] as number) * (vectorOf(walk, walk.keys, keyAt)[d] as number),
        isSum: true,
      },
    ]),
  }),
  scale: (props) => {
    const { walk, of, keyAt } = props;
    const key = of.keys[keyAt] as Key;
    return {
      text: `Sums of more numbers are larger, so the product is divided by the root of ${walk.headSize}: ${show(key.product)} / ${show(Math.sqrt(walk.headSize))} = ${show(key.score)}. That is the score.`,
      table: byKey(props, 'Every key of this query', [PRODUCT, SCORE]),
    };
  },
  mask: (props) => {
    const { of, keyAt } = props;
    const blocked = of.keys.filter((k) => k.blocked).length;
    const own = of.keys[keyAt]?.blocked
      ? 'This cell is blocked: its score becomes −∞, whatever it was.'
      : 'This cell is open: its score stays.';
    return {
      text: `${own} ${blocked === 0 ? 'The mask blocks no key of this query.' : `The mask blocks ${blocked} of ${of.keys.length} keys of this query.`}`,
      table: byKey(props, 'Scores before and after the mask', [SCORE, MASKED]),
    };
  },
  softmax: (props) => {
    const { of, keyAt } = props;
    const key = of.keys[keyAt] as Key;
    return {
      text: key.blocked
        ? 'exp(−∞) is 0, so the weight of a blocked key is exactly 0, and the others share the whole.'
        : `Every score less the largest, ${show(of.largest)}, goes through exp; each is divided by their sum, ${show(of.sum)}. Here ${showWeight(key.power)} / ${show(of.sum)} = ${showWeight(key.weight)}. All weights of the query sum to 1.`,
      table: byKey(props, 'From scores to weights', [MASKED, POWER, WEIGHT]),
    };
  },
  mix: ({ walk, of, keyAt }) => {
    const { weight } = of.keys[keyAt] as Key;
    const agrees = of.deviation <= TOLERANCE;
    return {
      text: `The query takes ${showWeight(weight)} of the value of ${nameOf(walk, keyAt)}, and of every other key its weight: the sum goes on to the output projection. ${
        agrees
          ? `Worked out again here, weights and sum agree with the network to ${of.deviation.toExponential(0)}.`
          : `The network has other numbers, by up to ${of.deviation.toExponential(1)}: please report this.`
      }`,
      table: byDimension(walk, 'What this key adds, and what all add together', [
        { head: 'v of this key', value: (d) => vectorOf(walk, walk.values, keyAt)[d] as number },
        { head: 'weight × v', value: (d) => weight * (vectorOf(walk, walk.values, keyAt)[d] as number) },
        { head: 'sum over keys', value: (d) => of.mixed[d] as number },
        { head: 'in the network', value: (d) => walk.mixed[d] as number },
      ]),
    };
  },
};
