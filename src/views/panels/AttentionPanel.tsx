// The Attention tab: the weights of every head, before and after the mask, for chosen rows or their mean. New captures update
// the numbers; the chosen head and cell stay.
import { type KeyboardEvent, type ReactNode, useId, useMemo, useState } from 'react';
import { headDistance } from '../../engine/analysis/headDistance.ts';
import { labelsWith } from '../../engine/config/capabilities.ts';
import { headName, samePlace } from '../../engine/core/attentionPlace.ts';
import {
  ATTENTION_ROWS,
  type AttentionMap,
  type AttentionRequest,
  type RowSelection,
} from '../../engine/protocol/attention.ts';
import type { AttentionState } from '../../store/answers.ts';
import { stateOf } from '../../store/answers.ts';
import { useBeside, useCatalog, useLive, useRun, useRuns, useView } from '../../store/hooks.ts';
import { formatRowList } from '../../store/rowList.ts';
import type { RunLive } from '../../store/runLive.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import { useStore } from '../../store/store.ts';
import { useProbe } from '../../store/useProbe.ts';
import type { AttentionView, PanelView } from '../../store/view.ts';
import { QUANTITY_IDS } from '../../store/view.ts';
import { RunCards } from '../cards/RunCards.tsx';
import { formatCount, formatFixed } from '../charts/format.ts';
import { Card, EmptyState, LegendItem } from '../charts/parts/Card.tsx';
import { type KeyHelp, KeyList } from '../charts/parts/KeyList.tsx';
import { Segmented } from '../charts/parts/Segmented.tsx';
import { SmallButton } from '../charts/parts/SmallButton.tsx';
import { FigureNote } from '../charts/save/figures.ts';
import { noteOf } from '../shell/runNames.ts';
import { type Against, against, sameMap, snapshotLabel } from './attention/against.ts';
import classes from './attention/attention.module.css';
import { CellFacts } from './attention/CellFacts.tsx';
import { CompareBar } from './attention/CompareBar.tsx';
import { attentionCards } from './attention/cards.ts';
import { HeadPicker } from './attention/HeadPicker.tsx';
import { MapDetail } from './attention/MapDetail.tsx';
import { mapHeatmap } from './attention/mapHeatmap.ts';
import { chooseMap, neighbour, recordAt, scaleOf } from './attention/maps.ts';
import { orderOf, permuteMap } from './attention/order.ts';
import { quantityOf } from './attention/quantities.ts';
import { RowPicker } from './attention/RowPicker.tsx';
import { WalkCard } from './attention/walk/WalkCard.tsx';
import { lacks } from './lacks.ts';
import { absenceOf, NetworkSelect } from './NetworkSelect.tsx';
import selectClasses from './networkSelect.module.css';
import { ProbeStatus } from './ProbeStatus.tsx';
import { pendingOf } from './pending.ts';
import { useGone } from './useGone.ts';

const OPTIONS = QUANTITY_IDS.map((value) => {
  const { label, title } = quantityOf(value);
  return { value, label, title };
});

function describeRows(rows: RowSelection, count: number): string {
  if (rows.kind === 'mean') return `mean of ${count} validation rows`;
  const list = formatRowList(rows.rows);
  return rows.rows.length === 1 ? `validation row ${list}` : `mean of validation rows ${list}`;
}

const NO_MAPS: readonly AttentionMap[] = [];

const KEYS: KeyHelp = [
  ['arrows', 'move the chosen cell; Page up and down by ten, Home and End to the ends of a row'],
  ['[ ]', 'previous and next head'],
  ['{ }', 'previous and next block'],
  ['+ − 0', 'zoom in, zoom out, all: maps of more than 256 rows'],
  ['?', 'show or hide this list'],
];

const mapsOf = (live?: RunLive) => stateOf(live?.answers, 'attention').answer?.maps ?? null;

const runLabel = (run: RunRecord): string => (run.isExample ? 'Example run' : `Run ${run.number}`);

interface MapsProps {
  run: RunRecord;
  otherRuns: readonly RunRecord[];
  view: PanelView;
  setView(patch: Partial<PanelView>): void;
  attention: AttentionState;
  select: ReactNode;
}

function Maps({ run, attention: newest, view, setView, select, otherRuns }: MapsProps) {
  const live = useStore((s) => s.live);
  const snapshots = live[run.runId]?.remembered.attention ?? [];
  // A chosen step stays while further snapshots arrive; null follows the newest.
  const [otherRun, setOtherRun] = useState('');
  const placeOf = (step: number | null, fallback: number) => {
    const at = snapshots.findIndex((m) => m.step === step);
    return at < 0 ? fallback : at;
  };
  const shownAt = placeOf(view.attention.at, snapshots.length - 1);
  const otherAt = placeOf(view.attention.from, 0);
  const attention = recordAt(newest, snapshots, view.attention.at) ?? newest;

  const networks = [...new Set(attention.maps.map((m) => m.network))];
  const network = networks.find((n) => n === view.attention.network) ?? networks[0] ?? null;
  const maps = useMemo(() => attention.maps.filter((m) => m.network === network), [attention.maps, network]);
  const [showsKeys, setShowsKeys] = useState(false);
  const { quantity, compare, cell, walk } = view.attention;
  const chosen = chooseMap(maps, view.attention);
  const order = useMemo(
    () => chosen && orderOf(chosen, attention.rowFacts, view.attention.order),
    [chosen, attention.rowFacts, view.attention.order],
  );
  const map = useMemo(() => chosen && permuteMap(chosen, order), [chosen, order]);
  const kind = map?.kind;
  const besideRun = useBeside();
  const besideRecord =
    besideRun &&
    recordAt(
      stateOf(besideRun.answers, 'attention').answer,
      besideRun.remembered.attention ?? [],
      view.attention.at,
    );
  const beside = useMemo(
    () => besideRecord?.maps.filter((m) => m.network === network) ?? NO_MAPS,
    [besideRecord, network],
  );
  const scale = useMemo(() => {
    const ofKind = (own: readonly AttentionMap[]) => own.filter((m) => m.kind === kind);
    return scaleOf(ofKind(maps), quantity, ofKind(beside));
  }, [maps, beside, kind, quantity]);
  const gone = useGone(run);
  const runs = otherRuns.filter((r) => r.runId !== run.runId && (mapsOf(live[r.runId])?.length ?? 0) > 0);
  const theirRun = runs.find((r) => r.runId === otherRun) ?? runs[0];
  const theirMaps = theirRun ? mapsOf(live[theirRun.runId]) : null;
  const snapshot = snapshots[otherAt];
  const otherChoice = useMemo((): Against | null => {
    if (!chosen) return null;
    switch (compare.kind) {
      case 'none':
        return null;
      case 'head': {
        const { block, head } = compare;
        const same = maps.find((m) => samePlace(m, { ...chosen, block, head }));
        return against(chosen, same, headName(compare));
      }
      case 'step':
        return against(
          chosen,
          sameMap(snapshot?.maps ?? null, chosen),
          snapshot ? snapshotLabel(snapshot) : 'the step',
        );
      case 'run':
        return against(chosen, sameMap(theirMaps, chosen), theirRun ? runLabel(theirRun) : 'another run');
      default: {
        const label = compare.kind === 'no-mask' ? 'no mask' : describeRows(compare.rows, ATTENTION_ROWS);
        if (!attention.against)
          return { map: null, problem: gone ?? `The next record shows the difference to ${label}.` };
        return against(chosen, sameMap(attention.against, chosen), label);
      }
    }
  }, [chosen, compare, maps, snapshot, theirRun, theirMaps, attention.against, gone]);
  const other = useMemo(
    () => (otherChoice?.map ? { map: permuteMap(otherChoice.map, order), label: otherChoice.label } : null),
    [otherChoice, order],
  );
  const count = Math.min(attention.batch, ATTENTION_ROWS);
  const { rows } = attention.request;
  const rowsCaption =
    map?.kind === 'row' ? `batch of ${formatCount(attention.batch)} rows` : describeRows(rows, count);
  const spec = useMemo(
    () => map && mapHeatmap({ map, quantity, scale, other, rowsCaption }),
    [map, quantity, scale, other, rowsCaption],
  );
  if (!map || !chosen || !spec) return null;
  const shownScale = spec.maps[0]?.scale;
  const patch = (part: Partial<AttentionView>) => setView({ attention: { ...view.attention, ...part } });
  const onKeyDown = (event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.ctrlKey || event.metaKey || isTyping) return;
    if (event.key === '?') {
      event.preventDefault();
      setShowsKeys((shown) => !shown);
      return;
    }
    const next = neighbour(maps, map, event.key);
    if (!next) return;
    event.preventDefault();
    patch({ block: next.block, kind: next.kind, head: next.head });
  };
  const isPending = JSON.stringify(view.attention.rows) !== JSON.stringify(rows);
  const { isMasked } = quantityOf(quantity);
  const hasBlocked = isMasked && map.blocked !== null && !other;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: shortcuts besides the buttons of heads and blocks
    <div className={classes.container} onKeyDown={onKeyDown}>
      <div className={classes.toolbar}>
        {select}
        {networks.length > 1 && (
          <TaskSelect
            networks={networks.filter((n) => n !== null)}
            value={network ?? ''}
            onChange={(value) => patch({ network: value })}
          />
        )}
        <RowPicker
          rows={view.attention.rows}
          count={count}
          facts={attention.rowFacts}
          onChange={(selection) => patch({ rows: selection })}
        />
        {isPending && (
          <span className={classes.muted}>
            shown: {describeRows(rows, count)}, {gone ?? 'the next record follows'}
          </span>
        )}
        <CompareBar
          map={chosen}
          maps={maps}
          view={view.attention}
          onView={patch}
          snapshots={snapshots}
          shown={shownAt}
          onShown={(at) => patch({ at: at === snapshots.length - 1 ? null : (snapshots[at]?.step ?? null) })}
          other={otherAt}
          onOther={(at) => patch({ from: snapshots[at]?.step ?? null })}
          runs={runs.map((r) => ({ runId: r.runId, label: runLabel(r) }))}
          otherRun={theirRun?.runId ?? ''}
          onOtherRun={setOtherRun}
          facts={attention.rowFacts}
          count={count}
          recorded={attention.batch}
        />
      </div>
      {showsKeys && <KeyList keys={KEYS} />}
      {otherChoice && !otherChoice.map && (
        <p className={classes.difference} role="status">
          {otherChoice.problem}
        </p>
      )}
      {other && (
        <p className={classes.difference} role="status">
          Shown is this map minus {other.label}. Of the weight of a query,{' '}
          {formatFixed(100 * headDistance(map, other.map), 1)} % lies elsewhere, mean over queries (total
          variation).
        </p>
      )}
      <div className={classes.panel}>
        <HeadPicker
          maps={maps}
          beside={beside}
          chosen={chosen}
          quantity={quantity}
          onChoose={({ block, kind: chosenKind, head }) => patch({ block, kind: chosenKind, head })}
        />
        <MapDetail
          spec={spec}
          map={map}
          quantity={quantity}
          chosen={cell}
          onChoose={(position) => patch({ cell: position })}
          rowsCaption={rowsCaption}
          when={`step ${formatCount(attention.step)}, epoch ${attention.epoch}, seed ${attention.seed}`}
          scale={shownScale}
          lead={
            <div className={classes.toolbar}>
              <Segmented
                label="Quantity"
                value={quantity}
                options={OPTIONS}
                onChange={(q) => patch({ quantity: q })}
              />
              {!shownScale?.ends && <span>no difference</span>}
              {hasBlocked && <LegendItem mark="hatch">masked</LegendItem>}
              <SmallButton pressed={showsKeys} onClick={() => setShowsKeys(!showsKeys)}>
                Keys
              </SmallButton>
            </div>
          }
        />
        <CellFacts
          map={map}
          maps={maps}
          other={other}
          chosen={cell}
          isWalked={walk !== null}
          onWalk={(on) => patch({ walk: on ? 0 : null })}
        />
      </div>
      {walk !== null && (
        <WalkCard
          map={map}
          chosen={cell}
          order={order}
          row={rows.kind === 'rows' && rows.rows.length === 1 ? (rows.rows[0] ?? null) : null}
          rows={count}
          batch={attention.batch}
          role={view.role}
          gone={gone}
          isExample={run.isExample}
          step={walk}
          onStep={(step) => patch({ walk: step })}
          onRow={(one) => patch({ rows: { kind: 'rows', rows: [one] } })}
          onClose={() => patch({ walk: null })}
        />
      )}
      <div className={classes.summaries}>
        {Object.entries(attentionCards).map(([id, AttentionCard]) => (
          <AttentionCard
            key={id}
            attention={attention}
            network={network}
            maps={maps}
            beside={beside}
            rowsCaption={describeRows(rows, count)}
          />
        ))}
        <RunCards place="attention" />
      </div>
    </div>
  );
}

/** The task whose network is shown, for models with one per task. */
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

/** What the engine must capture for a view. */
function requestOf({ attention }: PanelView): AttentionRequest {
  const { rows, batch, compare } = attention;
  return {
    rows,
    ...(batch === ATTENTION_ROWS ? {} : { batch }),
    ...(compare.kind === 'no-mask' ? { against: { kind: compare.kind } } : {}),
    ...(compare.kind === 'rows' ? { against: { kind: compare.kind, rows: compare.rows } } : {}),
  };
}

export function AttentionPanel() {
  const run = useRun();
  const stage = useLive(run?.runId ?? null)?.progress?.stage;
  const runs = useRuns();
  const catalog = useCatalog();
  const [view, setView] = useView();
  const { role } = view;
  const probe = useProbe('attention', requestOf(view), { role });
  const select = <NetworkSelect run={run} shown={probe.newest?.role ?? null} />;
  const attention = probe.answer;
  const status = <ProbeStatus probe={probe} what="Recording attention" />;
  if (!attention || attention.maps.length === 0) {
    const { title, text } =
      attention || lacks(catalog, run, role, 'attention')
        ? {
            title: 'This network has no attention',
            text: `${labelsWith(catalog?.models ?? [], 'attention')} have. Choose one as the model, or add it under Compare with.`,
          }
        : (pendingOf(run, role, probe) ??
          (run && role
            ? absenceOf(run, role, stage)
            : { title: 'No attention recorded', text: 'Press Run, or step once.' }));
    return (
      <Card title="Attention" actions={select}>
        {status}
        <EmptyState title={title} height={320}>
          {text}
        </EmptyState>
      </Card>
    );
  }
  return (
    <FigureNote value={noteOf(run as RunRecord, catalog, attention)}>
      {status}
      <Maps
        key={run?.runId}
        run={run as RunRecord}
        attention={attention}
        view={view}
        setView={setView}
        select={select}
        otherRuns={runs}
      />
    </FigureNote>
  );
}
