// Attention over two settings of a sweep: a small map for every cell, all on one scale, for the chosen head. The sliders above
// choose the values of further settings. Maps are read on request, because that opens the networks of many runs.
import { useEffect, useMemo, useRef, useState } from 'react';
import { headLabel, headNameWithKind, placeKey } from '../../../../engine/core/attentionPlace.ts';
import type { AttentionMap } from '../../../../engine/protocol/attention.ts';
import { nameOf, type RunEntry } from '../../../../store/runEntry.ts';
import { useStore } from '../../../../store/store.ts';
import type { CellFigures, Grid } from '../../../../store/sweeps/figures.ts';
import { toCsv } from '../../../charts/csv.ts';
import { plural } from '../../../charts/format.ts';
import type { CellPosition } from '../../../charts/heatmap/cellKeys.ts';
import { ScaleBar } from '../../../charts/heatmap/ScaleBar.tsx';
import { MOST_CELLS, Thumbnail } from '../../../charts/heatmap/Thumbnail.tsx';
import { Card } from '../../../charts/parts/Card.tsx';
import { SmallButton } from '../../../charts/parts/SmallButton.tsx';
import { scaleOf, thumbnailOf, tokenName } from '../../attention/maps.ts';
import { showWeight } from '../../attention/quantities.ts';
import { Labelled } from './Labelled.tsx';
import { readAttention } from './sweepAttention.ts';
import classes from './sweeps.module.css';

export interface AttentionGridCardProps {
  /** All cells of the sweep are read, so that the sliders need not wait. */
  cells: readonly CellFigures[];
  grid: Grid;
  xLabel: string;
  rowLabel: string | null;
  onSelect(position: CellPosition): void;
}

const SIZE = { cell: 14, largest: 132 };

/** The run of a cell whose networks are stored: of the first seed that has them. */
const runOf = (cell: CellFigures | null): RunEntry | undefined =>
  cell?.entries.find(({ status, bytes }) => status === 'finished' && bytes.networks + bytes.captures > 0);

/** "y1 to x3, 0.41": the cell with the largest weight. */
function strongest({ queries, keys, weights }: AttentionMap): string {
  let at = 0;
  weights.forEach((value, i) => {
    if (value > (weights[at] ?? 0)) at = i;
  });
  const [query, key] = [queries[Math.floor(at / keys.length)], keys[at % keys.length]];
  return query && key
    ? `${tokenName(query)} to ${tokenName(key)}, ${showWeight(weights[at] ?? Number.NaN)}`
    : '–';
}

export function AttentionGridCard({ cells, grid, xLabel, rowLabel, onSelect }: AttentionGridCardProps) {
  const [maps, setMaps] = useState<ReadonlyMap<string, readonly AttentionMap[]>>(new Map());
  const [reading, setReading] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [place, setPlace] = useState('');
  const isStopped = useRef(false);
  useEffect(() => {
    isStopped.current = false;
    return () => {
      isStopped.current = true;
    };
  }, []);
  const runs = useMemo(() => cells.flatMap((cell) => runOf(cell) ?? []), [cells]);
  const places = useMemo(
    () => new Map([...maps.values()].flat().map((map) => [placeKey(map), map] as const)),
    [maps],
  );
  const chosen = places.get(place) ?? [...places.values()][0];
  const key = chosen ? placeKey(chosen) : '';
  const shown = useMemo(
    () => [...maps.values()].flatMap((own) => own.find((map) => placeKey(map) === key) ?? []),
    [maps, key],
  );
  const scale = useMemo(() => (shown.length > 0 ? scaleOf(shown, 'weights') : null), [shown]);
  const left = runs.filter(({ runId }) => !maps.has(runId));
  if (runs.length === 0) return null;
  const read = async () => {
    isStopped.current = false;
    setProblem(null);
    for (const [at, run] of left.entries()) {
      if (isStopped.current) break;
      setReading(at);
      try {
        const own = await readAttention(useStore, run.runId);
        setMaps((before) => new Map([...before, [run.runId, own]]));
      } catch (error) {
        setProblem(`${nameOf(run)}: ${error instanceof Error ? error.message : String(error)}`);
        break;
      }
    }
    setReading(null);
  };
  const mapAt = (cell: CellFigures | null): AttentionMap | undefined =>
    maps.get(runOf(cell)?.runId ?? '')?.find((map) => placeKey(map) === key);
  /** The maps on screen, one weight per line. */
  const csv = () =>
    toCsv(
      [rowLabel ?? 'all', xLabel, 'query', 'key', 'weight'],
      grid.rows.flatMap((row, r) =>
        grid.columns.flatMap((column, c) => {
          const map = mapAt(grid.cells[r * grid.columns.length + c] ?? null);
          if (!map) return [];
          const { queries, keys, weights } = map;
          return queries.flatMap((query, q) =>
            keys.map((own, k) => [
              row,
              column,
              tokenName(query),
              tokenName(own),
              weights[q * keys.length + k] ?? Number.NaN,
            ]),
          );
        }),
      ),
    );
  return (
    <Card
      figure="sweep-attention"
      files={shown.length > 0 && { what: 'Attention over the settings', fileName: 'sweep-attention', csv }}
      title="Attention over the settings"
      subtitle={`weights${chosen ? ` of ${chosen.network === null ? '' : `${chosen.network}, `}${headNameWithKind(chosen)}` : ''} on the first validation rows, mean over rows, one seed per cell`}
      actions={
        reading !== null ? (
          <SmallButton
            onClick={() => {
              isStopped.current = true;
            }}
          >
            Stop reading ({reading} of {left.length + reading})
          </SmallButton>
        ) : (
          left.length > 0 && (
            <SmallButton onClick={() => void read()}>
              Read the maps of {plural(left.length, 'run')}
            </SmallButton>
          )
        )
      }
    >
      {problem !== null && (
        <p role="alert" className={classes.note}>
          {problem}
        </p>
      )}
      {maps.size > 0 && places.size === 0 && (
        <p className={classes.note}>These architectures have no attention.</p>
      )}
      {scale && chosen && (
        <>
          <div className={classes.form}>
            <Labelled label="Head">
              {(id) => (
                <select id={id} value={key} onChange={(event) => setPlace(event.currentTarget.value)}>
                  {[...places].map(([own, map]) => (
                    <option key={own} value={own}>
                      {map.network === null ? '' : `${map.network}: `}
                      {headLabel(map)}
                    </option>
                  ))}
                </select>
              )}
            </Labelled>
          </div>
          <ScaleBar scale={scale} />
          <p className={classes.note}>
            Rows of a map are queries, columns are keys. Choose one to see its runs.
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <section className={classes.mapsBox} tabIndex={0} aria-label="Maps of attention by cell">
            <table className={classes.maps}>
              <thead>
                <tr>
                  <th scope="col">{rowLabel ?? ''}</th>
                  {grid.columns.map((column) => (
                    <th key={column} scope="col">
                      {xLabel} {column}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {grid.rows.map((name, row) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    {grid.columns.map((column, at) => {
                      const map = mapAt(grid.cells[row * grid.columns.length + at] ?? null);
                      const where = [
                        rowLabel === null ? '' : `${rowLabel} ${name}, `,
                        `${xLabel} ${column}`,
                      ].join('');
                      return (
                        <td key={column}>
                          {map ? (
                            <button
                              type="button"
                              className={classes.map}
                              title={`${where}: most from ${strongest(map)}`}
                              aria-label={`${where}: most from ${strongest(map)}`}
                              onClick={() => onSelect({ row, column: at })}
                            >
                              <Thumbnail {...thumbnailOf(map, 'weights', scale, MOST_CELLS)} {...SIZE} />
                            </button>
                          ) : (
                            '–'
                          )}
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </Card>
  );
}
