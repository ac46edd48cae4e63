// Where each task token looks in a block: a column of bars per task, a line per token. The table is the chart.
import { useId, useMemo, useState } from 'react';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import { toCsv } from '../../charts/csv.ts';
import { shortTaskLabel, taskLabel } from '../../charts/format.ts';
import { largest } from '../../charts/heatmap/cells.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { inTurn } from '../../charts/parts/inTurn.tsx';
import { Name } from '../../charts/parts/Name.tsx';
import { Segmented } from '../../charts/parts/Segmented.tsx';
import { taskFill } from '../../theme/palette.ts';
import selectClasses from '../networkSelect.module.css';
import classes from './attention.module.css';
import { quantityOf, showWeight } from './quantities.ts';
import { type MaskedLook, taskLook } from './summary.ts';

type Look = 'weights' | 'value-weights';
const LOOKS = (['weights', 'value-weights'] as const).map((value) => {
  const { label, title } = quantityOf(value);
  return { value, label, title };
});

/** Rows are mounted in groups of so many cells, each in a frame of its own: 20 tasks and 100 features make 2,400. */
const CELLS_PER_TURN = 400;
/** As in the style sheet. */
const ROW_HEIGHT = 22;

/** The weight of a token for a task; null where every head is masked. */
const weightAt = ({ tokens, values, masked }: MaskedLook, task: number, token: number): number | null => {
  const at = task * tokens.length + token;
  return masked[at] === 1 ? null : (values[at] ?? Number.NaN);
};

/** A line per token, as in the table on the page; a masked one has no number. */
const lookCsv = (look: MaskedLook): string =>
  toCsv(
    ['token', ...look.tasks],
    look.tokens.map((token, i) => [token, ...look.tasks.map((_, t) => weightAt(look, t, i))]),
  );

interface LookRowsProps {
  look: MaskedLook;
  /** The weight of a full bar. */
  most: number;
  /** The tokens [from, to). */
  from: number;
  to: number;
}

const LookRows = inTurn(
  function LookRows({ look, most, from, to }: LookRowsProps) {
    const { tasks, tokens } = look;
    return (
      <tbody>
        {tokens.slice(from, to).map((token, at) => (
          <tr key={token}>
            <th scope="row">
              <Name>{from + at < tasks.length ? shortTaskLabel(token) : token}</Name>
            </th>
            {tasks.map((task, t) => (
              <Weight key={task} task={t} weight={weightAt(look, t, from + at)} most={most} />
            ))}
          </tr>
        ))}
      </tbody>
    );
  },
  ({ from, to }) => (
    <tbody aria-busy="true">
      <tr style={{ height: ROW_HEIGHT * (to - from) }} />
    </tbody>
  ),
);

function Weight({ task, weight, most }: { task: number; weight: number | null; most: number }) {
  if (weight === null)
    return (
      <td>
        <span className={classes.lookBar} data-masked="" aria-hidden="true" />
        <span className={classes.muted}>masked</span>
      </td>
    );
  return (
    <td>
      <span className={classes.lookBar} aria-hidden="true">
        <span
          className={classes.lookFill}
          style={{ width: `${most > 0 ? (100 * weight) / most : 0}%`, background: taskFill(task) }}
        />
      </span>
      {showWeight(weight)}
    </td>
  );
}

export interface TaskLookCardProps {
  maps: readonly AttentionMap[];
  /** Those of the run in the other column. */
  beside: readonly AttentionMap[];
  rowsCaption: string;
}

export function TaskLookCard({ maps, beside, rowsCaption }: TaskLookCardProps) {
  const id = useId();
  const [wanted, setBlock] = useState(0);
  const [quantity, setQuantity] = useState<Look>('weights');
  const blocks = useMemo(
    () => [...new Set(maps.flatMap((m) => (m.kind === 'feature' ? [m.block] : [])))].sort((a, b) => a - b),
    [maps],
  );
  const block = blocks.includes(wanted) ? wanted : (blocks[0] ?? 0);
  const look = useMemo(() => taskLook(maps, block, quantity), [maps, block, quantity]);
  const theirs = useMemo(() => taskLook(beside, block, quantity), [beside, block, quantity]);
  if (!look) return null;
  const { tasks, tokens, values } = look;
  // Bars of both columns are of one scale.
  const most = Math.max(largest(values), largest(theirs?.values ?? []));
  const label = `Where each task looks in block ${block}`;
  const rowsPerTurn = Math.max(1, Math.floor(CELLS_PER_TURN / tasks.length));
  const groups = Array.from({ length: Math.ceil(tokens.length / rowsPerTurn) }, (_, i) => {
    const from = i * rowsPerTurn;
    return [from, Math.min(tokens.length, from + rowsPerTurn)] as const;
  });
  return (
    <Card
      figure="look"
      title="Where each task looks"
      className={classes.wide}
      subtitle={`mean over heads, ${rowsCaption}`}
      files={{
        what: label,
        fileName: `task-look-block${block}`,
        csv: () => lookCsv(look),
        npy: () => ({ values, shape: [tasks.length, tokens.length] }),
      }}
    >
      <div className={classes.toolbar}>
        <Segmented<Look> label="Looks by" value={quantity} options={LOOKS} onChange={setQuantity} />
        {blocks.length > 1 && (
          <span className={selectClasses.box}>
            <label htmlFor={id}>Block</label>
            <select id={id} value={block} onChange={(event) => setBlock(Number(event.currentTarget.value))}>
              {blocks.map((b) => (
                <option key={b}>{b}</option>
              ))}
            </select>
          </span>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keyboard */}
      <section className={classes.look} tabIndex={0} aria-label={`${label}, table`}>
        <table>
          <thead>
            <tr>
              <th scope="col">token</th>
              {tasks.map((task, t) => (
                <th key={task} scope="col">
                  <Chip task={t} /> <Name>{taskLabel(task)}</Name>
                </th>
              ))}
            </tr>
          </thead>
          {groups.map(([from, to]) => (
            <LookRows key={from} look={look} most={most} from={from} to={to} />
          ))}
        </table>
      </section>
    </Card>
  );
}
