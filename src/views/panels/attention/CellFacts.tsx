// The chosen cell in numbers, the keys that its query reads most, and how much features attend to tasks.
import { useMemo } from 'react';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import type { CellPosition } from '../../charts/heatmap/cellKeys.ts';
import { strongestKeys } from '../../charts/heatmap/cells.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import classes from './attention.module.css';
import { queryCsv } from './mapHeatmap.ts';
import { attentionToTasks, explainCell, tokenName } from './maps.ts';
import { showWeight } from './quantities.ts';

const STRONGEST = 8;

function Share({ label, value, top }: { label: string; value: number; top: number }) {
  return (
    <li className={classes.share}>
      <span className={classes.shareName} title={label}>
        {label}
      </span>
      <i>
        <i style={{ width: `${top > 0 ? (100 * value) / top : 0}%` }} />
      </i>
      <b>{showWeight(value)}</b>
    </li>
  );
}

export function CellFacts({
  map,
  maps,
  other,
  chosen,
  isWalked,
  onWalk,
}: {
  map: AttentionMap;
  other: { map: AttentionMap; label: string } | null;
  maps: readonly AttentionMap[];
  chosen: CellPosition;
  /** Whether the walk through it is open. */
  isWalked: boolean;
  onWalk(on: boolean): void;
}) {
  const row = Math.min(chosen.row, map.queries.length - 1);
  const column = Math.min(chosen.column, map.keys.length - 1);
  const cell = explainCell(map, { row, column }, other);
  const keys = map.keys.length;
  const strongest = strongestKeys(map.weights, map.blocked, keys, row, STRONGEST);
  const weightOf = (key: number) => map.weights[row * keys + key] ?? 0;
  const toTasks = useMemo(
    () => attentionToTasks(maps).filter(({ weight }) => Number.isFinite(weight)),
    [maps],
  );
  const query = map.queries[row];
  return (
    <Card
      figure="cell"
      title="Chosen cell"
      subtitle={cell.title}
      className={classes.facts}
      files={{ what: 'Chosen cell', fileName: 'attention-query', csv: () => queryCsv(map, row) }}
    >
      <div className={classes.sections}>
        <dl className={classes.pairs}>
          {cell.pairs.map((pair) => (
            <div key={pair.label}>
              <dt>{pair.label}</dt>
              <dd>{pair.value}</dd>
            </div>
          ))}
        </dl>
        <SmallButton pressed={isWalked} onClick={() => onWalk(!isWalked)}>
          Walk through this cell
        </SmallButton>
        <div>
          <h3>Strongest keys of query {query && tokenName(query)}</h3>
          <ol className={classes.shares}>
            {strongest.map((key) => {
              const token = map.keys[key];
              const label = token ? tokenName(token) : String(key);
              return (
                <Share key={key} label={label} value={weightOf(key)} top={weightOf(strongest[0] ?? 0)} />
              );
            })}
          </ol>
        </div>
        {toTasks.length > 0 && (
          <div>
            <h3>Attention to tasks</h3>
            <p className={classes.muted}>
              Weight that a feature query gives to all task tokens together, mean over queries and heads. A
              full bar is 1.
            </p>
            <ul className={classes.shares}>
              {toTasks.map(({ block, weight }) => (
                <Share key={block} label={`block ${block}`} value={weight} top={1} />
              ))}
            </ul>
          </div>
        )}
      </div>
    </Card>
  );
}
