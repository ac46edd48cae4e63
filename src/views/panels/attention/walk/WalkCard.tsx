// The walk through the chosen cell: from the vectors of query and key to the output of the query, one step at a time, with the
// numbers of the network. Controlled by buttons and arrow keys; every step states its result in words.
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { Role } from '../../../../engine/core/roles.ts';
import type { AttentionMap, AttentionWalk } from '../../../../engine/protocol/attention.ts';
import { useProbe } from '../../../../store/useProbe.ts';
import { formatCount } from '../../../charts/format.ts';
import type { CellPosition } from '../../../charts/heatmap/cellKeys.ts';
import { Card } from '../../../charts/parts/Card.tsx';
import { SmallButton } from '../../../charts/parts/SmallButton.tsx';
import { ProbeStatus } from '../../ProbeStatus.tsx';
import { tokenName } from '../maps.ts';
import { StepBody } from './StepBody.tsx';
import classes from './walk.module.css';
import { WALK_STEPS, walkCsv, walked } from './walk.ts';

export interface WalkCardProps {
  map: AttentionMap;
  /** The cell on the map; its rows may be in another order than those of the batch. */
  chosen: CellPosition;
  order: readonly number[] | null;
  /** The single row shown by maps between features; null if they show a mean. */
  row: number | null;
  rows: number;
  batch: number;
  role: Role | null;
  /** Why the network cannot be probed, or null. */
  gone: string | null;
  isExample: boolean;
  step: number;
  onStep(step: number): void;
  onRow(row: number): void;
  onClose(): void;
}

export function WalkCard(props: WalkCardProps) {
  const { map, chosen, order, row, rows, batch, role, gone, isExample, step, onStep, onRow, onClose } = props;
  const heading = useRef<HTMLDivElement>(null);
  const query = Math.min(chosen.row, map.queries.length - 1);
  const key = Math.min(chosen.column, map.keys.length - 1);
  const inBatch = (at: number) => order?.[at] ?? at;
  const { network, block, kind, head } = map;
  const isRow = kind === 'row';
  const request = { network, block, kind, head, row: isRow ? 0 : (row ?? 0), query: inBatch(query), batch };
  const probe = useProbe('attention-walk', isExample ? null : request, { role });
  const answer = probe.answer;
  const walk = answer?.walk ?? null;
  const isOfRequest = walk && JSON.stringify(answer?.request) === JSON.stringify(request);
  const at = Math.min(step, WALK_STEPS.length - 1);
  // Opened by a button of the panel, the focus comes here, and goes back to it. A lesson that opens the walk keeps the focus.
  useEffect(() => {
    const before = document.activeElement;
    if (!(before instanceof HTMLElement) || !document.getElementById('panel')?.contains(before)) return;
    heading.current?.focus();
    return () => {
      if (document.activeElement === document.body) before.focus();
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement) return;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: WALK_STEPS.length - 1 }[event.key];
    if (event.key === 'Escape') onClose();
    else if (to === undefined || to < 0 || to >= WALK_STEPS.length) return;
    else onStep(to);
    event.preventDefault();
    event.stopPropagation();
  };
  const names = [map.queries[query], map.keys[key]].map((token) => (token ? tokenName(token) : ''));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys besides the buttons
    <div className={classes.walk} ref={heading} tabIndex={-1} onKeyDown={onKeyDown} data-walk>
      <Card
        figure="walk"
        title="Walk through this cell"
        subtitle={`query ${names[0]}, key ${names[1]}, block ${block}, head ${head}${answer ? `, step ${formatCount(answer.step)}` : ''}`}
        files={
          walk &&
          isOfRequest && {
            what: 'Walk through this cell',
            fileName: 'attention-walk',
            csv: () => walkCsv(walk),
          }
        }
        actions={
          <>
            {!isRow && <RowInput row={row} rows={rows} onRow={onRow} />}
            <SmallButton onClick={onClose} label="Close the walk">
              Close
            </SmallButton>
          </>
        }
      >
        <ol className={classes.steps}>
          {WALK_STEPS.map(({ id, title }, i) => (
            <li key={id}>
              <button type="button" aria-current={i === at ? 'step' : undefined} onClick={() => onStep(i)}>
                {i + 1} {title}
              </button>
            </li>
          ))}
        </ol>
        <ProbeStatus probe={probe} what="Reading the vectors" />
        {walk && isOfRequest ? (
          <Shown
            walk={walk}
            step={at}
            keyAt={isAlone(walk) ? 0 : inBatch(key)}
            isMean={!isRow && row === null}
          />
        ) : (
          <p className={classes.waiting} role="status">
            {isExample
              ? 'The example is a recording: its network is not in this page. Press Run to walk through one of yours.'
              : (gone ??
                (answer && !walk
                  ? 'This head has no scaled products of vectors to walk through.'
                  : 'The next record brings its vectors.'))}
          </p>
        )}
        <footer className={classes.footer}>
          <SmallButton onClick={() => onStep(Math.max(0, at - 1))}>Back</SmallButton>
          <SmallButton onClick={() => onStep(Math.min(WALK_STEPS.length - 1, at + 1))}>Next step</SmallButton>
          <span className={classes.hint}>
            ← and → walk, Esc closes; another cell of the map is walked at once
          </span>
        </footer>
      </Card>
    </div>
  );
}

/** As released, every row is a sequence of its own. */
const isAlone = (walk: AttentionWalk): boolean => walk.place.kind === 'row' && walk.tokens.length === 1;

interface ShownProps {
  walk: AttentionWalk;
  step: number;
  keyAt: number;
  isMean: boolean;
}

function Shown({ walk, step, keyAt, isMean }: ShownProps) {
  const { id } = WALK_STEPS[step] as (typeof WALK_STEPS)[number];
  return (
    <>
      {isMean && (
        <p className={classes.waiting}>
          The map above is a mean over rows; a walk is of one. This is row {walk.row}: choose it as Row to see
          it on the map.
        </p>
      )}
      <StepBody step={id} walk={walk} of={walked(walk)} keyAt={Math.min(keyAt, walk.tokens.length - 1)} />
    </>
  );
}

function RowInput({ row, rows, onRow }: { row: number | null; rows: number; onRow(row: number): void }) {
  return (
    <label className={classes.row}>
      Row
      <input
        type="number"
        min={0}
        max={rows - 1}
        value={row ?? ''}
        placeholder="0"
        onChange={({ currentTarget }) => {
          const next = currentTarget.valueAsNumber;
          if (Number.isInteger(next) && next >= 0 && next < rows) onRow(next);
        }}
      />
    </label>
  );
}
