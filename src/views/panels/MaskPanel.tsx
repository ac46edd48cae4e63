// The Mask tab: paint what the tokens of a row may not read. Rows are queries, columns are keys, hatched is blocked. What is
// painted becomes the mask of the experiment on the left; press Run to train with it.
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ExperimentSummary, TokenLabel } from '../../engine/protocol.ts';
import { downloadText } from '../charts/csv.ts';
import { listNames, shortTaskLabel, taskLabel } from '../charts/format.ts';
import { fitCell } from '../charts/heatmap/bands.ts';
import type { AxisSpec } from '../charts/heatmap/drawAxis.ts';
import { type CellPosition, Heatmap } from '../charts/heatmap/Heatmap.tsx';
import { Card, EmptyState, LegendItem } from '../charts/parts/Card.tsx';
import { SmallButton } from '../charts/parts/SmallButton.tsx';
import { useScheme } from '../charts/parts/useScheme.ts';
import { useWidth } from '../charts/parts/useWidth.ts';
import { DIVERGING } from '../theme/palette.ts';
import {
  cellsOf,
  closedQueries,
  jsonFile,
  type MaskGrid,
  paint,
  type Rectangle,
  readFile,
  readGrid,
  textFile,
  torchSnippet,
  writeGrid,
} from './mask/grid.ts';
import { push, redo, startHistory, undo } from './mask/history.ts';
import classes from './mask/mask.module.css';
import { WhatIfCard } from './mask/WhatIfCard.tsx';
import type { PanelProps } from './panel.ts';

type Masking = NonNullable<ExperimentSummary['masking']>;

const CELL = 26;
const SMALLEST = 8;
/** Places in the table of colours: what may be read. */
const OPEN_INDEX = 168;

const KEYS: [keys: string, what: string][] = [
  ['arrows', 'move the cell'],
  ['Shift + arrows', 'extend the selection'],
  ['m', 'block the selection'],
  ['u', 'open it'],
  ['r, c', 'select the whole row (query), the whole column (key)'],
  ['z, y', 'undo, redo'],
  ['?', 'show or hide this list'],
];

function groupsOf(tokens: readonly TokenLabel[]): { name: string; size: number }[] {
  const names = { task: 'task tokens', categorical: 'categorical', numeric: 'numeric', row: 'rows' } as const;
  return (['task', 'categorical', 'numeric'] as const).flatMap((group) => {
    const size = tokens.filter((t) => t.group === group).length;
    return size > 0 ? [{ name: names[group], size }] : [];
  });
}

/** The mask of the experiment as a grid; the open one where a painted mask no longer fits. */
function currentGrid(masking: Masking, maskId: string, painted: string): MaskGrid {
  const size = masking.tokens.length;
  const text = maskId === 'custom' ? painted : (masking.grids.find((g) => g.id === maskId)?.grid ?? '');
  return readGrid(text, size) ?? { size, blocked: new Uint8Array(size * size) };
}

interface EditorProps {
  masking: Masking;
  maskId: string;
  painted: string;
  setMask(grid: string): void;
  chooseMask(id: string): void;
}

function Editor({ masking, maskId, painted, setMask, chooseMask }: EditorProps) {
  const { tokens, grids } = masking;
  const size = tokens.length;
  const grid = useMemo(() => currentGrid(masking, maskId, painted), [masking, maskId, painted]);
  const [history, setHistory] = useState(() => startHistory(writeGrid(grid)));
  const [selection, setSelection] = useState<Rectangle>({
    from: { row: 0, column: 0 },
    to: { row: 0, column: 0 },
  });
  const [symmetric, setSymmetric] = useState(false);
  const [showsKeys, setShowsKeys] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const [ref, width] = useWidth<HTMLDivElement>();
  const scheme = useScheme();
  const text = writeGrid(grid);
  // A preset chosen on the left is a step that can be undone too.
  useEffect(() => setHistory((h) => (h.present === text ? h : push(h, text))), [text]);

  const change = (next: MaskGrid) => {
    setRefused(null);
    setMask(writeGrid(next));
  };
  const selected = cellsOf(selection, size);
  const block = (blocked: boolean) => change(paint(grid, selected, blocked, symmetric));
  const travel = (move: typeof undo) => {
    const next = move(history);
    if (next === history) return;
    setHistory(next);
    setMask(next.present);
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
    '?': () => setShowsKeys((shown) => !shown),
  };
  const axis = useMemo((): Omit<AxisSpec, 'title'> => {
    const labels = tokens.map(({ name, group }) => (group === 'task' ? shortTaskLabel(name) : name));
    return { labels, groups: groupsOf(tokens) };
  }, [tokens]);
  const rows = useMemo(() => ({ ...axis, title: 'query (rows)' }), [axis]);
  const columns = useMemo(() => ({ ...axis, title: 'key (columns)' }), [axis]);
  const cells = useMemo(
    () => ({
      indices: new Uint8Array(size * size).fill(OPEN_INDEX),
      table: DIVERGING[scheme],
      blocked: grid.blocked,
    }),
    [grid, size, scheme],
  );
  const closed = closedQueries(grid);
  const name = (token: number) => taskLabel(tokens[token]?.name ?? '');
  const corners = selected.length > 300 ? [selection.from, selection.to] : selected;
  return (
    <Card title="What may read what" subtitle="all blocks and heads; the same in training and evaluation">
      <div className={classes.toolbar}>
        <label>
          Start from
          <select value={maskId} onChange={(event) => chooseMask(event.currentTarget.value)}>
            {grids.map((g) => (
              <option key={g.id} value={g.id}>
                {g.label}
              </option>
            ))}
            <option value="custom" disabled={readGrid(painted, size) === null}>
              Painted
            </option>
          </select>
        </label>
        <SmallButton onClick={() => block(true)}>Block</SmallButton>
        <SmallButton onClick={() => block(false)}>Open</SmallButton>
        <SmallButton onClick={actions.r as () => void}>Row</SmallButton>
        <SmallButton onClick={actions.c as () => void}>Column</SmallButton>
        <label>
          <input
            type="checkbox"
            checked={symmetric}
            onChange={(event) => setSymmetric(event.currentTarget.checked)}
          />
          Symmetric
        </label>
        <SmallButton onClick={() => travel(undo)}>Undo</SmallButton>
        <SmallButton onClick={() => travel(redo)}>Redo</SmallButton>
        <SmallButton onClick={() => input.current?.click()}>Import</SmallButton>
        <SmallButton onClick={() => downloadText('mask.json', jsonFile(grid, tokens), 'application/json')}>
          JSON
        </SmallButton>
        <SmallButton onClick={() => downloadText('mask.txt', textFile(grid), 'text/plain')}>Text</SmallButton>
        <SmallButton onClick={() => downloadText('mask.py', torchSnippet(grid), 'text/x-python')}>
          PyTorch
        </SmallButton>
        <SmallButton pressed={showsKeys} onClick={() => setShowsKeys(!showsKeys)}>
          Keys
        </SmallButton>
        <input
          ref={input}
          type="file"
          accept=".json,.txt,text/plain,application/json"
          aria-label="Import a mask"
          hidden
          onChange={async (event) => {
            const target = event.currentTarget;
            const file = target.files?.[0];
            const read = file && readFile(await file.text(), size);
            if (read) change(read);
            else if (file)
              setRefused(
                `${file.name}: expected ${size} lines of ${size} cells, dots and crosses, got something else. Export a mask to see the form.`,
              );
            target.value = '';
          }}
        />
      </div>
      <div ref={ref} className={classes.figure}>
        {width > 0 && (
          <Heatmap
            label={`Mask of ${size} by ${size} tokens. Rows are queries, columns are keys.`}
            rows={rows}
            columns={columns}
            cells={cells}
            cell={fitCell(
              axis.groups.map((g) => g.size),
              width - 140,
              SMALLEST,
              CELL,
            )}
            explain={({ row, column }) => ({
              title: `${name(row)} ${grid.blocked[row * size + column] ? 'may not read' : 'may read'} ${name(column)}`,
              pairs: [
                { label: 'Query', value: name(row) },
                { label: 'Key', value: name(column) },
                { label: 'State', value: grid.blocked[row * size + column] ? 'blocked' : 'open' },
              ],
            })}
            chosen={selection.to}
            outlined={corners}
            onChoose={(at: CellPosition) => setSelection({ from: at, to: at })}
            onStretch={(from, to) => setSelection({ from, to })}
            onKey={(key) => {
              const action = actions[key];
              action?.();
              return action !== undefined;
            }}
          />
        )}
      </div>
      <p className={classes.note}>
        <LegendItem mark="hatch">blocked: the query may not read the key</LegendItem> Drag or Shift with
        arrows selects; then Block (m) or Open (u). To let two tasks talk, open their two cells.
      </p>
      {closed.length > 0 && (
        <p className={classes.warn} role="alert">
          {listNames(closed.map(name))} may read nothing: open a cell of that row, or the run is refused.
        </p>
      )}
      {refused && (
        <p className={classes.warn} role="alert">
          {refused}
        </p>
      )}
      {showsKeys && (
        <dl className={classes.keys}>
          {KEYS.map(([keys, what]) => [<dt key={keys}>{keys}</dt>, <dd key={what}>{what}</dd>])}
        </dl>
      )}
    </Card>
  );
}

export function MaskPanel({ planning, run, catalog, askWhatIf }: PanelProps) {
  const { experiment, masking, setMask, chooseMask } = planning;
  // Held while the engine looks at a change, so that the editor does not go away under the pointer.
  const latest = useRef<Masking | null>(null);
  if (masking) latest.current = masking;
  const shown = masking ?? latest.current;
  const model = experiment?.model;
  if (!model || !shown || !('mask' in model.params)) {
    return (
      <Card title="Mask">
        <EmptyState title="This model has no mask" height={320}>
          Choose MultiTab-Net on the left: its tokens read each other through a mask that can be painted here.
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className={classes.panel}>
      <Editor
        key={shown.tokens.map((t) => t.name).join('\n')}
        masking={shown}
        maskId={String(model.params.mask)}
        painted={String(model.params.customMask)}
        setMask={setMask}
        chooseMask={chooseMask}
      />
      <WhatIfCard
        run={run}
        catalog={catalog}
        grid={writeGrid(currentGrid(shown, String(model.params.mask), String(model.params.customMask)))}
        fits={run?.experiment.model.id === model.id}
        ask={askWhatIf}
      />
    </div>
  );
}
