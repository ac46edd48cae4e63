// The maps of the Attention tab: all heads, one of them in detail, the chosen cell in numbers, and the cards about whole heads.
// New captures update the numbers; the chosen head and cell stay.
import { type ComponentType, type KeyboardEvent, memo, type ReactNode, useMemo, useState } from 'react';
import { headDistance } from '../../../engine/analysis/headDistance.ts';
import { ATTENTION_ROWS } from '../../../engine/protocol/attention.ts';
import type { AttentionState } from '../../../store/answers.ts';
import { type AttentionView, type PanelView, QUANTITY_IDS } from '../../../store/view.ts';
import { RunCards } from '../../cards/RunCards.tsx';
import { formatCount, formatFixed } from '../../charts/format.ts';
import { LegendItem } from '../../charts/parts/Card.tsx';
import { inTurn, space } from '../../charts/parts/inTurn.tsx';
import { type KeyHelp, KeyList } from '../../charts/parts/KeyList.tsx';
import { Segmented } from '../../charts/parts/Segmented.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import classes from './attention.module.css';
import { CellFacts } from './CellFacts.tsx';
import { CompareBar } from './CompareBar.tsx';
import { type AttentionCardProps, attentionCards } from './cards.ts';
import { HeadPicker } from './HeadPicker.tsx';
import { MapDetail } from './MapDetail.tsx';
import { mapHeatmap } from './mapHeatmap.ts';
import { describeRows, neighbour } from './maps.ts';
import { quantityOf } from './quantities.ts';
import { RowPicker } from './RowPicker.tsx';
import { TaskSelect } from './TaskSelect.tsx';
import { useBesideChange } from './useBesideChange.ts';
import { useComparison } from './useComparison.ts';
import { useShownMaps } from './useShownMaps.ts';
import { WalkCard } from './walk/WalkCard.tsx';

const OPTIONS = QUANTITY_IDS.map((value) => {
  const { label, title } = quantityOf(value);
  return { value, label, title };
});

const KEYS: KeyHelp = [
  ['arrows', 'move the chosen cell; Page up and down by ten, Home and End to the ends of a row'],
  ['[ ]', 'previous and next head'],
  ['{ }', 'previous and next block'],
  ['+ − 0', 'zoom in, zoom out, all: maps of more than 256 rows'],
  ['?', 'show or hide this list'],
];

/** Space for a card below the maps until it is drawn, CSS pixels. */
const CARD_HEIGHT = 320;
/** They come after the maps, each in a frame of its own. */
const CARDS = Object.entries<ComponentType<AttentionCardProps>>(attentionCards).map(
  ([id, Card]) => [id, inTurn(Card, space(CARD_HEIGHT, classes.wide))] as const,
);

export interface MapsViewProps {
  runId: string;
  isExample: boolean;
  /** Why nothing more can be measured of the run; null if it can. */
  gone: string | null;
  view: PanelView;
  setView(patch: Partial<PanelView>): void;
  attention: AttentionState;
  select: ReactNode;
}

/** Drawn anew for a new capture or choice, not for every event of the run: those come many times a second. */
export const MapsView = memo(function MapsView(props: MapsViewProps) {
  const { runId, isExample, gone, view, setView, select } = props;
  const [showsKeys, setShowsKeys] = useState(false);
  const { quantity, compare, cell, walk } = view.attention;
  const shown = useShownMaps(runId, props.attention, view.attention);
  const { attention, snapshots, networks, network, maps, beside, chosen, order, map, scale } = shown;
  const { other, problem, ...comparable } = useComparison({
    runId,
    compare,
    chosen,
    order,
    maps,
    attention,
    snapshot: snapshots[shown.otherAt],
    gone,
  });
  const besideChange = useBesideChange(chosen, view.attention);
  const count = Math.min(attention.batch, ATTENTION_ROWS);
  const { rows } = attention.request;
  const rowsCaption =
    map?.kind === 'row' ? `batch of ${formatCount(attention.batch)} rows` : describeRows(rows, count);
  const spec = useMemo(
    () => map && mapHeatmap({ map, quantity, scale, other, besideChange, rowsCaption }),
    [map, quantity, scale, other, besideChange, rowsCaption],
  );
  if (!map || !chosen || !spec) return null;
  const shownScale = spec.maps[0]?.scale;
  const patch = (part: Partial<AttentionView>) => setView({ attention: { ...view.attention, ...part } });
  const onKeyDown = (event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.ctrlKey || event.metaKey || isTyping) return;
    if (event.key === '?') {
      event.preventDefault();
      setShowsKeys((before) => !before);
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
          shown={shown.shownAt}
          onShown={(at) => patch({ at: at === snapshots.length - 1 ? null : (snapshots[at]?.step ?? null) })}
          other={shown.otherAt}
          onOther={(at) => patch({ from: snapshots[at]?.step ?? null })}
          runs={comparable.runs}
          otherRun={comparable.otherRun}
          onOtherRun={comparable.setOtherRun}
          facts={attention.rowFacts}
          count={count}
          recorded={attention.batch}
        />
      </div>
      {showsKeys && <KeyList keys={KEYS} />}
      {problem && (
        <p className={classes.difference} role="status">
          {problem}
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
          isExample={isExample}
          step={walk}
          onStep={(step) => patch({ walk: step })}
          onRow={(one) => patch({ rows: { kind: 'rows', rows: [one] } })}
          onClose={() => patch({ walk: null })}
        />
      )}
      <div className={classes.summaries}>
        {CARDS.map(([id, AttentionCard]) => (
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
});
