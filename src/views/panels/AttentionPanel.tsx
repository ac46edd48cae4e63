// The Attention tab: what every head attends to, before and after the mask, for chosen rows or their mean. New
// captures replace the numbers under the chosen head and cell without moving either.
import { type KeyboardEvent, type ReactNode, useId, useMemo, useState } from 'react';
import { ATTENTION_ROWS, type AttentionMap, type RowSelection } from '../../engine/protocol.ts';
import type { AttentionState } from '../../store/runState.ts';
import { ColorBar } from '../charts/ColorBar.tsx';
import { type CsvValue, toCsv } from '../charts/csv.ts';
import { formatCompact, formatCount, formatFixed } from '../charts/format.ts';
import type { CellPosition } from '../charts/heatmap/Heatmap.tsx';
import { Card, EmptyState, LegendItem } from '../charts/parts/Card.tsx';
import { Segmented } from '../charts/parts/Segmented.tsx';
import { CsvButton, TableToggle } from '../charts/parts/SmallButton.tsx';
import { VIRIDIS } from '../theme/palette.ts';
import classes from './attention/attention.module.css';
import { CellFacts } from './attention/CellFacts.tsx';
import { HeadPicker } from './attention/HeadPicker.tsx';
import { MapDetail } from './attention/MapDetail.tsx';
import { chooseMap, neighbour, scaleOf } from './attention/maps.ts';
import { RowPicker } from './attention/RowPicker.tsx';
import { HeadsCard, RolloutCard } from './attention/SummaryCards.tsx';
import { absenceOf, NetworkSelect, ofNetwork } from './NetworkSelect.tsx';
import selectClasses from './networkSelect.module.css';
import type { PanelProps } from './panel.ts';
import { useWatch, watchKey } from './useWatch.ts';
import { type AttentionView, formatRowList } from './view.ts';

const QUANTITIES = [
  { value: 'scores', label: 'Before mask', title: 'Scaled scores before the mask' },
  { value: 'masked-scores', label: 'After mask', title: 'Scaled scores after the mask; blocked ones are −∞' },
  { value: 'weights', label: 'Weights', title: 'Softmax weights; each query sums to 1' },
] as const;

function describeRows(rows: RowSelection, count: number): string {
  if (rows.kind === 'mean') return `mean of ${count} validation rows`;
  const list = formatRowList(rows.rows);
  return rows.rows.length === 1 ? `validation row ${list}` : `mean of validation rows ${list}`;
}

/** Every cell of a map: query, key and what is known of it. */
function mapCsv(map: AttentionMap): string {
  const rows = map.queries.flatMap((query, row) =>
    map.keys.map((key, column): CsvValue[] => {
      const at = row * map.keys.length + column;
      return [
        map.key,
        query.name,
        key.name,
        map.scores[at] ?? null,
        map.blocked?.[at] === 1,
        map.weights[at] ?? null,
      ];
    }),
  );
  return toCsv(['map', 'query', 'key', 'score_before_mask', 'blocked', 'weight'], rows);
}

function Maps({
  attention,
  view,
  setView,
  select,
}: { attention: AttentionState; select: ReactNode } & Pick<PanelProps, 'view' | 'setView'>) {
  const networks = [...new Set(attention.maps.map((m) => m.network))];
  const network = networks.find((n) => n === view.attention.network) ?? networks[0] ?? null;
  const maps = useMemo(() => attention.maps.filter((m) => m.network === network), [attention.maps, network]);
  const [cell, setCell] = useState<CellPosition>({ row: 0, column: 0 });
  const [asTable, setAsTable] = useState(false);
  const { quantity, rows } = view.attention;
  const map = chooseMap(maps, view.attention);
  const layer = map?.layer;
  const scale = useMemo(
    () =>
      scaleOf(
        maps.filter((m) => m.layer === layer),
        quantity,
      ),
    [maps, layer, quantity],
  );
  if (!map) return null;
  const patch = (part: Partial<AttentionView>) => setView({ attention: { ...view.attention, ...part } });
  const onKeyDown = (event: KeyboardEvent) => {
    const next = neighbour(maps, map, event.key);
    if (!next || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    patch({ block: next.block, layer: next.layer, head: next.head });
  };
  const count = attention.rowLabels.length > 0 ? attention.rowLabels.length : ATTENTION_ROWS;
  const isPending = JSON.stringify(rows) !== JSON.stringify(attention.rows);
  const rowsCaption = map.layer === 'row' ? 'recorded batch' : describeRows(attention.rows, count);
  const ends =
    quantity === 'weights'
      ? (value: number) => formatFixed(value, value < 0.1 && value > 0 ? 3 : 2)
      : formatCompact;
  const hasBlocked = quantity !== 'scores' && map.blocked !== null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: shortcuts besides the buttons of heads and blocks
    <div className={classes.container} onKeyDown={onKeyDown}>
      <div className={classes.toolbar}>
        {select}
        {networks.length > 1 && (
          <TaskSelect
            networks={networks.filter((n) => n !== null)}
            value={network ?? ''}
            onChange={(chosen) => patch({ network: chosen })}
          />
        )}
        <Segmented
          label="Quantity"
          value={quantity}
          options={QUANTITIES}
          onChange={(q) => patch({ quantity: q })}
        />
        <RowPicker rows={rows} count={count} onChange={(chosen) => patch({ rows: chosen })} />
        {isPending && (
          <span className={classes.muted}>
            shown: {describeRows(attention.rows, count)}, the next record follows
          </span>
        )}
        <span className={classes.legend}>
          <ColorBar
            table={VIRIDIS}
            low={scale.isSquareRoot ? '0' : ends(scale.low)}
            high={ends(scale.high)}
            note={scale.isSquareRoot ? 'square-root scale' : 'linear scale'}
          />
          {hasBlocked && <LegendItem mark="hatch">masked</LegendItem>}
          <TableToggle shown={asTable} onChange={setAsTable} what="Attention map" />
          <CsvButton
            fileName={`attention-${map.key.replaceAll('/', '-')}.csv`}
            content={() => mapCsv(map)}
            label="Attention map as CSV"
          />
        </span>
      </div>
      <div className={classes.panel}>
        <HeadPicker
          maps={maps}
          chosen={map}
          quantity={quantity}
          onChoose={({ block, layer: chosenLayer, head }) => patch({ block, layer: chosenLayer, head })}
        />
        <MapDetail
          map={map}
          quantity={quantity}
          scale={scale}
          chosen={cell}
          onChoose={setCell}
          rowsCaption={rowsCaption}
          when={`step ${formatCount(attention.step)}, epoch ${attention.epoch}, seed ${attention.seed}`}
          asTable={asTable}
        />
        <CellFacts map={map} maps={maps} chosen={cell} />
      </div>
      <div className={classes.summaries}>
        <RolloutCard maps={maps} />
        <HeadsCard maps={maps} />
      </div>
    </div>
  );
}

/** Which task's network, for models with one per task. */
function TaskSelect(props: { networks: readonly string[]; value: string; onChange(network: string): void }) {
  const id = useId();
  return (
    <span className={selectClasses.box}>
      <label htmlFor={id}>Task</label>
      <select id={id} value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.networks.map((network) => (
          <option key={network}>{network}</option>
        ))}
      </select>
    </span>
  );
}

export function AttentionPanel({ run, view, setView, watchAttention }: PanelProps) {
  const { role } = view;
  useWatch(run && watchKey(run), { rows: view.attention.rows, role }, (wanted) =>
    watchAttention(wanted?.rows ?? null, wanted?.role ?? undefined),
  );
  const select = run && (
    <NetworkSelect
      run={run}
      role={role}
      shown={run.attention?.role ?? null}
      onChange={(chosen) => setView({ role: chosen })}
    />
  );
  const attention = ofNetwork(run?.attention ?? null, role);
  if (!attention || attention.maps.length === 0) {
    const { title, text } = attention
      ? {
          title: 'This network has no attention',
          text: 'MultiTab-Net, FT-Transformer, TabTransformer and SAINT have. Choose one as the model, or add it under Compare with.',
        }
      : run && role
        ? absenceOf(run, role)
        : { title: 'No attention recorded', text: 'Press Run, or step once.' };
    return (
      <Card title="Attention" actions={select}>
        <EmptyState title={title} height={320}>
          {text}
        </EmptyState>
      </Card>
    );
  }
  return <Maps attention={attention} view={view} setView={setView} select={select} />;
}
