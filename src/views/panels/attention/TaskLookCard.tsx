// Where each task token looks in a block: a column of bars per task, a line per token. The table is the chart.
import { useId, useMemo, useState } from 'react';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import { toCsv } from '../../charts/csv.ts';
import { shortTaskLabel, taskLabel } from '../../charts/format.ts';
import { largest } from '../../charts/heatmap/cells.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { Name } from '../../charts/parts/Name.tsx';
import { Segmented } from '../../charts/parts/Segmented.tsx';
import { taskFill } from '../../theme/palette.ts';
import selectClasses from '../networkSelect.module.css';
import classes from './attention.module.css';
import { quantityOf, showWeight } from './quantities.ts';
import { taskLook } from './summary.ts';

type Look = 'weights' | 'value-weights';
const LOOKS = (['weights', 'value-weights'] as const).map((value) => {
  const { label, title } = quantityOf(value);
  return { value, label, title };
});

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
  const { tasks, tokens, values, masked } = look;
  // Bars of both columns are of one scale.
  const most = Math.max(largest(values), largest(theirs?.values ?? []));
  const at = (task: number, token: number) => values[task * tokens.length + token] ?? Number.NaN;
  const isMasked = (task: number, token: number) => masked[task * tokens.length + token] === 1;
  const label = `Where each task looks in block ${block}`;
  // A line per token, as in the table on the page; a masked one has no number.
  const lookCsv = () =>
    toCsv(
      ['token', ...tasks],
      tokens.map((token, i) => [token, ...tasks.map((_, t) => (isMasked(t, i) ? null : at(t, i)))]),
    );
  return (
    <Card
      figure="look"
      title="Where each task looks"
      className={classes.wide}
      subtitle={`mean over heads, ${rowsCaption}`}
      files={{
        what: label,
        fileName: `task-look-block${block}`,
        csv: lookCsv,
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
          <tbody>
            {tokens.map((token, i) => (
              <tr key={token}>
                <th scope="row">
                  <Name>{i < tasks.length ? shortTaskLabel(token) : token}</Name>
                </th>
                {tasks.map((task, t) =>
                  isMasked(t, i) ? (
                    <td key={task}>
                      <span className={classes.lookBar} data-masked="" aria-hidden="true" />
                      <span className={classes.muted}>masked</span>
                    </td>
                  ) : (
                    <td key={task}>
                      <span className={classes.lookBar} aria-hidden="true">
                        <span
                          className={classes.lookFill}
                          style={{
                            width: `${most > 0 ? (100 * at(t, i)) / most : 0}%`,
                            background: taskFill(t),
                          }}
                        />
                      </span>
                      {showWeight(at(t, i))}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}
