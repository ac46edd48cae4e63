// Whole heads and the whole network: entropy per head, distance between heads, and where tasks look through all blocks.
import { useMemo, useState } from 'react';
import { shortHeadName } from '../../../engine/core/attentionPlace.ts';
import type { AttentionMap, HeadSummary } from '../../../engine/protocol/attention.ts';
import { ColorBar } from '../../charts/ColorBar.tsx';
import { toCsv } from '../../charts/csv.ts';
import { formatFixed, shortTaskLabel, taskLabel } from '../../charts/format.ts';
import { fitCell } from '../../charts/heatmap/bands.ts';
import type { CellPosition } from '../../charts/heatmap/cellKeys.ts';
import { largest, sqrtIndices } from '../../charts/heatmap/cells.ts';
import { Heatmap } from '../../charts/heatmap/Heatmap.tsx';
import { Card } from '../../charts/parts/Card.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { CsvButton, NpyButton, TableToggle } from '../../charts/parts/SmallButton.tsx';
import { useWidth } from '../../charts/parts/useWidth.ts';
import { VIRIDIS } from '../../theme/palette.ts';
import classes from './attention.module.css';
import { taskRollout } from './summary.ts';

const CELL = 34;

interface MatrixProps {
  label: string;
  rowTitle: string;
  columnTitle: string;
  rows: readonly string[];
  columns: readonly string[];
  values: Float32Array;
}

function Matrix({ label, rowTitle, columnTitle, rows, columns, values }: MatrixProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [chosen, setChosen] = useState<CellPosition>({ row: 0, column: 0 });
  const most = largest(values);
  const cells = useMemo(
    () => ({ indices: sqrtIndices(values, most), table: VIRIDIS, blocked: null }),
    [values, most],
  );
  const at = ({ row, column }: CellPosition) => values[row * columns.length + column] ?? Number.NaN;
  return (
    <div ref={ref} className={classes.summaryFigure}>
      {width > 0 && (
        <Heatmap
          label={label}
          rows={{ title: rowTitle, labels: rows, groups: [{ name: '', size: rows.length }] }}
          columns={{ title: columnTitle, labels: columns, groups: [{ name: '', size: columns.length }] }}
          cells={cells}
          scale={{ low: '0', high: formatFixed(most, 2), note: 'square-root scale' }}
          cell={fitCell([columns.length], width - 110, 10, CELL)}
          print={(position) => formatFixed(at(position), 2)}
          explain={(position) => ({
            title: `${rows[position.row]} · ${columns[position.column]}`,
            pairs: [{ label: 'Value', value: formatFixed(at(position), 4) }],
          })}
          chosen={chosen}
          onChoose={setChosen}
        />
      )}
      <p className={classes.muted}>
        <ColorBar table={VIRIDIS} low="0" high={formatFixed(most, 2)} note="square-root scale" />
      </p>
    </div>
  );
}

export interface HeadsCardProps {
  /** Of all networks. */
  maps: readonly AttentionMap[];
  heads: HeadSummary;
  /** The one shown. */
  network: string | null;
}

export function HeadsCard({ maps, heads, network }: HeadsCardProps) {
  const [asTable, setAsTable] = useState(false);
  const { names, entropies, distances } = useMemo(() => {
    const own = maps.flatMap((m, i) => (m.network === network ? [i] : []));
    return {
      names: own.map((i) => shortHeadName(maps[i] as AttentionMap)),
      entropies: own.map((i) => heads.entropies[i]),
      distances: Float32Array.from(
        own.flatMap((i) => own.map((j) => heads.distances[i * maps.length + j] ?? Number.NaN)),
      ),
    };
  }, [maps, heads, network]);
  return (
    <Card
      title="Heads"
      subtitle="block · head"
      actions={
        <>
          <TableToggle shown={asTable} onChange={setAsTable} what="Heads" />
          <CsvButton
            fileName="heads.csv"
            content={() =>
              toCsv(
                ['head', 'normalised_entropy', ...names.map((n) => `distance to ${n}`)],
                names.map((n, i) => [
                  n,
                  entropies[i] ?? null,
                  ...names.map((_, j) => distances[i * names.length + j] ?? null),
                ]),
              )
            }
            label="Heads as CSV"
          />
          <NpyButton
            fileName="heads.npy"
            content={() => ({ values: distances, shape: [names.length, names.length] })}
            label="Distances between heads as NPY"
          />
        </>
      }
    >
      <ul className={classes.entropies}>
        {names.map((name, i) => (
          <li key={name}>
            <span>{name}</span>
            <span className={classes.entropyTrack} aria-hidden="true">
              <span style={{ width: `${100 * (entropies[i] ?? 0)}%` }} />
            </span>
            <strong>{formatFixed(entropies[i] ?? Number.NaN, 3)}</strong>
          </li>
        ))}
      </ul>
      <p className={classes.muted}>
        Normalised entropy, mean over queries and rows. 0: one key; 1: all open keys alike. Distances are
        those of the maps shown.
      </p>
      {names.length > 1 &&
        (asTable ? (
          <DataTable
            maxHeight={360}
            data={{
              caption: 'Distance between heads',
              header: ['Head', ...names],
              rows: names.map((n, i) => [
                n,
                ...names.map((_, j) => formatFixed(distances[i * names.length + j] ?? Number.NaN, 4)),
              ]),
            }}
          />
        ) : (
          <Matrix
            label="Distance between heads, total variation of their weights, mean over queries"
            rowTitle="head"
            columnTitle="distance to head: 0 the same, 1 no key in common"
            rows={names}
            columns={names}
            values={distances}
          />
        ))}
    </Card>
  );
}

export function RolloutCard({ maps }: { maps: readonly AttentionMap[] }) {
  const [asTable, setAsTable] = useState(false);
  const look = useMemo(() => taskRollout(maps), [maps]);
  if (!look) return null;
  const { tasks, tokens, values } = look;
  const cell = (row: number, column: number) => values[row * tokens.length + column] ?? Number.NaN;
  return (
    <Card
      title="Where tasks look through all blocks"
      subtitle="attention rollout of the mean weights (Abnar and Zuidema 2020)"
      actions={
        <>
          <TableToggle shown={asTable} onChange={setAsTable} what="Rollout" />
          <CsvButton
            fileName="rollout.csv"
            content={() =>
              toCsv(
                ['task', ...tokens],
                tasks.map((t, row) => [t, ...tokens.map((_, c) => cell(row, c))]),
              )
            }
            label="Rollout as CSV"
          />
          <NpyButton
            fileName="rollout.npy"
            content={() => ({ values, shape: [tasks.length, tokens.length] })}
            label="Rollout as NPY"
          />
        </>
      }
    >
      {asTable ? (
        <DataTable
          maxHeight={360}
          data={{
            caption: 'Attention rollout per task',
            header: ['Task', ...tokens],
            rows: tasks.map((t, row) => [
              taskLabel(t),
              ...tokens.map((_, c) => formatFixed(cell(row, c), 4)),
            ]),
          }}
        />
      ) : (
        <Matrix
          label="Attention rollout. Rows are task tokens, columns are tokens."
          rowTitle="task token (rows)"
          columnTitle="token (columns)"
          rows={tasks.map(shortTaskLabel)}
          columns={tokens.map(shortTaskLabel)}
          values={values}
        />
      )}
      <p className={classes.muted}>
        Half of every block is kept for the residual path. Rows sum to 1.{' '}
        {maps.some((m) => m.kind === 'row') && 'Layers between rows are left out.'}
      </p>
    </Card>
  );
}
