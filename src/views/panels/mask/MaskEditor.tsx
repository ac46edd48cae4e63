// The mask editor: cells of the mask of one place, painted by selection. Rows are queries, columns are keys, hatched is
// blocked.
import { useEffect, useMemo, useState } from 'react';
import type { TokenLabel } from '../../../engine/core/tokens.ts';
import {
  gridAt,
  hasOwnMask,
  type MaskText,
  type Place,
  withGrid,
  writeMaskText,
} from '../../../engine/masks/places.ts';
import type { ExperimentSummary } from '../../../engine/protocol/experiment.ts';
import { listNames, shortTaskLabel, taskLabel } from '../../charts/format.ts';
import type { ColorScale } from '../../charts/heatmap/colorScale.ts';
import type { AxisSpec } from '../../charts/heatmap/drawAxis.ts';
import { HeatmapCard } from '../../charts/heatmap/HeatmapCard.tsx';
import type { HeatmapMark } from '../../charts/heatmap/mark.ts';
import { type KeyHelp, KeyList } from '../../charts/parts/KeyList.tsx';
import { ButtonGroup, SmallButton } from '../../charts/parts/SmallButton.tsx';
import { maskFiles, readMask } from './files.ts';
import { cellsOf, closedQueries, type MaskGrid, paint, type Rectangle, readGrid, writeGrid } from './grid.ts';
import { push, redo, startHistory, undo } from './history.ts';
import { MaskImport } from './MaskImport.tsx';
import classes from './mask.module.css';
import { PlaceBar, placeLabel } from './PlaceBar.tsx';

export type Masking = NonNullable<ExperimentSummary['masking']>;

const CELL = { smallest: 8, largest: 28 };
/** 0 = open, in the light blue of positive values; 1 = hatched. There are no numbers to read off, so there is no bar. */
const OPEN_OR_BLOCKED: ColorScale = { kind: 'diverging', low: -168, high: 87, ends: null };

const KEYS: KeyHelp = [
  ['arrows', 'move the cell'],
  ['Shift + arrows', 'extend the selection'],
  ['m', 'block the selection'],
  ['u', 'open it'],
  ['r, c', 'select the whole row (query), the whole column (key)'],
  ['[ ]', 'previous and next head'],
  ['{ }', 'previous and next block'],
  ['z, y', 'undo, redo'],
  ['?', 'show or hide this list'],
];

const ALL: Place = { block: null, head: null };

function groupsOf(tokens: readonly TokenLabel[]): { name: string; size: number }[] {
  const names = { task: 'task tokens', categorical: 'categorical', numeric: 'numeric', row: 'rows' } as const;
  return (['task', 'categorical', 'numeric'] as const).flatMap((group) => {
    const size = tokens.filter((t) => t.group === group).length;
    return size > 0 ? [{ name: names[group], size }] : [];
  });
}

const sizeOf = ({ tokens, blocks, heads }: Masking) => ({ tokens: tokens.length, blocks, heads });

/** The mask of the experiment; no mask if a painted one does not fit any more. */
export function currentMask(masking: Masking, maskId: string, painted: string): MaskText {
  const size = sizeOf(masking);
  const text = maskId === 'custom' ? painted : (masking.grids.find((g) => g.id === maskId)?.grid ?? '');
  const open = writeGrid({ size: size.tokens, blocked: new Uint8Array(size.tokens ** 2) });
  return readMask(text, size) ?? { everywhere: open, places: [] };
}

/** The mask at a place, as cells. */
const gridOf = (mask: MaskText, { block, head }: Place, size: number): MaskGrid =>
  readGrid(gridAt(mask, block, head), size) ?? { size, blocked: new Uint8Array(size * size) };

/** The next place in a direction: from "all" through the single ones and around. */
function step(current: number | null, by: 1 | -1, count: number): number | null {
  const next = (((current ?? -1) + 1 + by + count + 1) % (count + 1)) - 1;
  return next < 0 ? null : next;
}

const rowHasBlocked = ({ size, blocked }: MaskGrid, row: number) =>
  blocked.subarray(row * size, (row + 1) * size).includes(1);

export interface MaskEditorProps {
  masking: Masking;
  /** Whether attention between rows, which reads all tokens, follows every block. */
  mixesRows: boolean;
  maskId: string;
  painted: string;
  setMask(text: string): void;
  chooseMask(id: string): void;
}

export function MaskEditor({ masking, mixesRows, maskId, painted, setMask, chooseMask }: MaskEditorProps) {
  const { tokens, grids, blocks, heads } = masking;
  const size = tokens.length;
  const mask = useMemo(() => currentMask(masking, maskId, painted), [masking, maskId, painted]);
  const [chosenPlace, setPlace] = useState<Place>(ALL);
  const place = (chosenPlace.block ?? 0) < blocks && (chosenPlace.head ?? 0) < heads ? chosenPlace : ALL;
  const grid = useMemo(() => gridOf(mask, place, size), [mask, place, size]);
  const text = writeMaskText(mask);
  const [history, setHistory] = useState(() => startHistory(text));
  const [selection, setSelection] = useState<Rectangle>({
    from: { row: 0, column: 0 },
    to: { row: 0, column: 0 },
  });
  const [symmetric, setSymmetric] = useState(false);
  const [showsKeys, setShowsKeys] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  // Choosing a preset on the left can be undone too.
  useEffect(() => setHistory((h) => (h.present === text ? h : push(h, text))), [text]);

  const take = (next: MaskText) => {
    setRefused(null);
    setMask(writeMaskText(next));
  };
  const startFrom = (id: string) => {
    const preset = grids.find((g) => g.id === id);
    if (place.block === null && mask.places.length === 0) chooseMask(id);
    else if (preset) take(withGrid(mask, place, preset.grid));
  };
  const selected = cellsOf(selection, size);
  const block = (blocked: boolean) =>
    take(withGrid(mask, place, writeGrid(paint(grid, selected, blocked, symmetric))));
  const travel = (move: typeof undo) => {
    const next = move(history);
    if (next === history) return;
    setHistory(next);
    setMask(next.present);
  };
  const moveBlock = (by: 1 | -1) => setPlace({ block: step(place.block, by, blocks), head: null });
  const moveHead = (by: 1 | -1) => {
    if (place.block !== null) setPlace({ block: place.block, head: step(place.head, by, heads) });
  };
  const actions: Record<string, () => void> = {
    m: () => block(true),
    u: () => block(false),
    z: () => travel(undo),
    y: () => travel(redo),
    r: () =>
      setSelection((s) => ({ from: { row: s.to.row, column: 0 }, to: { row: s.to.row, column: size - 1 } })),
    c: () =>
      setSelection((s) => ({
        from: { row: 0, column: s.to.column },
        to: { row: size - 1, column: s.to.column },
      })),
    '[': () => moveHead(-1),
    ']': () => moveHead(1),
    '{': () => moveBlock(-1),
    '}': () => moveBlock(1),
    '?': () => setShowsKeys((shown) => !shown),
  };
  const axis = useMemo((): Omit<AxisSpec, 'title'> => {
    const labels = tokens.map(({ name, group }) => (group === 'task' ? shortTaskLabel(name) : name));
    return { labels, groups: groupsOf(tokens) };
  }, [tokens]);
  const rows = useMemo(() => ({ ...axis, title: 'query (rows)' }), [axis]);
  const columns = useMemo(() => ({ ...axis, title: 'key (columns)' }), [axis]);
  const name = (token: number) => taskLabel(tokens[token]?.name ?? '');
  const closed = [ALL, ...mask.places].flatMap((at) => {
    const own = closedQueries(gridOf(mask, at, size));
    if (own.length === 0) return [];
    const where = mask.places.length > 0 ? ` (${placeLabel(at)})` : '';
    return [`${listNames(own.map(name))}${where}`];
  });
  // Towers read task tokens only, so the last block's output for the other tokens is never read.
  const isIdle =
    blocks === 1 && !mixesRows && tokens.some((t, row) => t.group !== 'task' && rowHasBlocked(grid, row));
  const follows = place.block !== null && !hasOwnMask(mask, place);
  const presetHere = grids.find((g) => g.grid === writeGrid(grid))?.id;
  const mark: HeatmapMark = {
    label: `Mask of ${size} by ${size} tokens, ${placeLabel(place)}. Rows are queries, columns are keys.`,
    caption: `Mask of ${size} by ${size} tokens, ${placeLabel(place)}. Hatched: the query may not read the key.`,
    rows,
    columns,
    values: grid.blocked,
    scale: OPEN_OR_BLOCKED,
    blocked: grid.blocked,
    blockedText: 'blocked',
    blockedLegend: 'blocked: the query may not read the key',
    show: () => 'open',
    explain: ({ row, column }) => {
      const isBlocked = grid.blocked[row * size + column] === 1;
      return {
        title: `${name(row)} ${isBlocked ? 'may not read' : 'may read'} ${name(column)}`,
        pairs: [
          { label: 'Query', value: name(row) },
          { label: 'Key', value: name(column) },
          { label: 'State', value: isBlocked ? 'blocked' : 'open' },
        ],
      };
    },
  };
  const lead = (
    <div className={classes.toolbar}>
      <PlaceBar
        mask={mask}
        blocks={blocks}
        heads={heads}
        place={place}
        setPlace={setPlace}
        drop={(at) => take(withGrid(mask, at, null))}
      />
      <label>
        Start from
        <select value={presetHere ?? 'custom'} onChange={(event) => startFrom(event.currentTarget.value)}>
          {grids.map((g) => (
            <option key={g.id} value={g.id}>
              {g.label}
            </option>
          ))}
          <option value="custom" disabled>
            Painted
          </option>
        </select>
      </label>
      <ButtonGroup label="Select">
        <SmallButton onClick={() => actions.r?.()}>Row</SmallButton>
        <SmallButton onClick={() => actions.c?.()}>Column</SmallButton>
      </ButtonGroup>
      <ButtonGroup label="Paint">
        <SmallButton onClick={() => block(true)}>Block</SmallButton>
        <SmallButton onClick={() => block(false)}>Open</SmallButton>
      </ButtonGroup>
      <label>
        <input
          type="checkbox"
          checked={symmetric}
          onChange={(event) => setSymmetric(event.currentTarget.checked)}
        />
        Symmetric
      </label>
      <ButtonGroup label="History">
        <SmallButton onClick={() => travel(undo)}>Undo</SmallButton>
        <SmallButton onClick={() => travel(redo)}>Redo</SmallButton>
      </ButtonGroup>
      <MaskImport
        tokens={tokens}
        size={sizeOf(masking)}
        onImport={take}
        onRefuse={(message) => setRefused(message)}
      />
    </div>
  );
  return (
    <HeatmapCard
      figure="mask"
      title="What may read what"
      subtitle={`${placeLabel(place)}${follows ? ', as the others until painted' : ''}; the same in training and evaluation`}
      what="Mask"
      fileName="mask"
      caption={mark.label}
      maps={[mark]}
      cell={CELL}
      more={maskFiles(mask, tokens, sizeOf(masking))}
      lead={lead}
      mapsClassName={classes.figure}
      chosen={selection.to}
      onSelect={(at) => setSelection({ from: at, to: at })}
      editing={{
        selected: selection,
        onStretch: (from, to) => setSelection({ from, to }),
        onKey: (key) => {
          const action = actions[key];
          action?.();
          return action !== undefined;
        },
      }}
    >
      <p className={classes.note}>
        Drag or Shift with arrows selects; then Block (m) or Open (u). To let two tasks talk, open their two
        cells.{' '}
        <SmallButton pressed={showsKeys} onClick={() => setShowsKeys(!showsKeys)}>
          Keys
        </SmallButton>
      </p>
      {isIdle && (
        <p className={classes.note}>
          With one block, blocking what features read changes nothing: no layer reads those tokens afterwards.
          Use two blocks or more to see an effect.
        </p>
      )}
      {closed.length > 0 && (
        <p className={classes.warn} role="alert">
          {closed.join('; ')} may read nothing: open a cell of that row, or the run is refused.
        </p>
      )}
      {refused && (
        <p className={classes.warn} role="alert">
          {refused}
        </p>
      )}
      {showsKeys && <KeyList keys={KEYS} />}
    </HeatmapCard>
  );
}
