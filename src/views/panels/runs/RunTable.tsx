// The rows of the list. Only visible ones are rendered, so that thousands of runs scroll smoothly.
import { IconStar, IconStarFilled } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useRef } from 'react';
import { meanOf, sampleSd } from '../../../engine/core/interval.ts';
import { bytesOf, nameOf, type RunEntry } from '../../../store/runEntry.ts';
import { useStore } from '../../../store/store.ts';
import { formatFixed, formatPercent } from '../../charts/format.ts';
import { About } from '../../charts/parts/Term.tsx';
import {
  architectureOf,
  gainsOf,
  type ListChoice,
  type SortKey,
  STATUS_LABELS,
  sizeText,
  whyNoGain,
} from './runList.ts';
import classes from './runs.module.css';

const ROW_PX = 44;
/** Created once: one per row would take longer than the rest of the row. */
const dates = new Intl.DateTimeFormat('en', {
  dateStyle: 'medium',
  timeStyle: 'short',
  hourCycle: 'h23',
});

const COLUMNS: readonly { key: SortKey; label: string; help: string; className?: string }[] = [
  // Not "Run", which is the button that trains.
  { key: 'name', label: 'Name', help: 'Number and, where given, name of the run; Details changes it.' },
  { key: 'architecture', label: 'Architecture', help: 'The models of the run; the baseline is not named.' },
  { key: 'status', label: 'Status', help: 'Whether the run has ended, and how.' },
  {
    key: 'gain',
    label: 'Gain',
    help: 'Mean gain over the tasks on test rows, in percent of the single-task baseline; with several seeds, mean and standard deviation. Positive is better.',
    className: classes.number,
  },
  { key: 'date', label: 'Begun', help: 'When Run was pressed.' },
  {
    key: 'size',
    label: 'Size',
    help: 'What this browser keeps of it: results, losses of steps, measurements such as attention, and weights.',
    className: classes.number,
  },
];

export interface RunTableProps {
  entries: readonly RunEntry[];
  choice: ListChoice;
  onChoice(choice: ListChoice): void;
  /** The run whose details are open. */
  detailed: string | null;
  onDetails(runId: string): void;
}

export function RunTable({ entries, choice, onChoice, detailed, onDetails }: RunTableProps) {
  const selected = useStore((s) => s.selectedRuns);
  const { selectRuns } = useStore.getState();
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const chosen = new Set(selected);
  const areAll = entries.length > 0 && entries.every((e) => chosen.has(e.runId));
  const sortBy = (key: SortKey) =>
    onChoice({ ...choice, sort: key, descending: choice.sort === key ? !choice.descending : key === 'date' });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section ref={scroller} className={classes.scroller} tabIndex={0} aria-label="List of runs">
      <table aria-rowcount={entries.length + 1} className={classes.list}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" className={classes.marks}>
              <input
                type="checkbox"
                aria-label="Choose all runs of the list"
                checked={areAll}
                onChange={() => selectRuns(areAll ? [] : entries.map((e) => e.runId))}
              />
            </th>
            {COLUMNS.map(({ key, label, help, className }) => (
              <th
                key={key}
                scope="col"
                className={`${classes[key] ?? ''} ${className ?? ''}`}
                aria-sort={choice.sort === key ? (choice.descending ? 'descending' : 'ascending') : 'none'}
              >
                <About text={help}>
                  <button type="button" className={classes.sort} onClick={() => sortBy(key)}>
                    {label}
                    {choice.sort === key && <span aria-hidden="true">{choice.descending ? ' ↓' : ' ↑'}</span>}
                  </button>
                </About>
              </th>
            ))}
            <th scope="col" className={classes.more}>
              <span className="visually-hidden">Details</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: stands for rows out of sight, and nothing in it is focused */}
          {before > 0 && <tr aria-hidden="true" style={{ height: before }} />}
          {items.map(({ index }) => {
            const entry = entries[index] as RunEntry;
            return (
              <Row
                key={entry.runId}
                entry={entry}
                index={index}
                isChosen={chosen.has(entry.runId)}
                isDetailed={entry.runId === detailed}
                onDetails={onDetails}
              />
            );
          })}
          {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: as above */}
          {after > 0 && <tr aria-hidden="true" style={{ height: after }} />}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps {
  entry: RunEntry;
  index: number;
  isChosen: boolean;
  isDetailed: boolean;
  onDetails(runId: string): void;
}

function Gain({ entry }: { entry: RunEntry }) {
  const gains = gainsOf(entry);
  if (gains.length === 0) {
    const why = whyNoGain(entry);
    return why === null ? (
      '–'
    ) : (
      <span title={why}>
        –<span className="visually-hidden"> {why}</span>
      </span>
    );
  }
  const sd = sampleSd(gains);
  return (
    <>
      {formatPercent(meanOf(gains))}
      {!Number.isNaN(sd) && (
        <span className={classes.beside}>
          {' '}
          ± {formatFixed(sd, 2)} (n = {gains.length})
        </span>
      )}
    </>
  );
}

const Row = memo(function Row({ entry, index, isChosen, isDetailed, onDetails }: RowProps) {
  const { selectRuns, labelRun, openKept, setTab } = useStore.getState();
  const catalog = useStore((s) => s.catalog);
  const { runId, labels, status } = entry;
  const name = nameOf(entry);
  const Star = labels.isStarred ? IconStarFilled : IconStar;
  const choose = () => {
    const { selectedRuns } = useStore.getState();
    selectRuns(isChosen ? selectedRuns.filter((id) => id !== runId) : [...selectedRuns, runId]);
  };
  const open = async () => {
    if (await openKept(runId)) setTab('train');
  };
  return (
    <tr
      aria-rowindex={index + 2}
      className={`${classes.row} ${isChosen ? classes.chosen : ''}`}
      style={{ height: ROW_PX }}
    >
      <td className={classes.marks}>
        <input type="checkbox" aria-label={`Choose ${name}`} checked={isChosen} onChange={choose} />
        <button
          type="button"
          className={classes.star}
          aria-pressed={labels.isStarred}
          aria-label={`Star ${name}`}
          onClick={() => void labelRun(runId, { isStarred: !labels.isStarred })}
        >
          <Star size={15} stroke={1.75} aria-hidden="true" />
        </button>
      </td>
      <td className={classes.name}>
        <button type="button" className={classes.open} title={`Open ${name}`} onClick={() => void open()}>
          {name}
        </button>
        {labels.tags.map((tag) => (
          <span key={tag} className={classes.tag}>
            {tag}
          </span>
        ))}
      </td>
      <td className={classes.architecture}>
        <span title={architectureOf(entry, catalog)}>{architectureOf(entry, catalog)}</span>
      </td>
      <td className={classes.status}>{STATUS_LABELS[status]}</td>
      <td className={`${classes.gain} ${classes.number}`}>
        <Gain entry={entry} />
      </td>
      <td className={classes.date}>{dates.format(new Date(entry.createdAt))}</td>
      <td className={`${classes.size} ${classes.number}`}>{sizeText(bytesOf(entry))}</td>
      <td className={classes.more}>
        <button
          type="button"
          className={classes.open}
          aria-expanded={isDetailed}
          aria-label={`Details of ${name}`}
          onClick={() => onDetails(runId)}
        >
          Details
        </button>
      </td>
    </tr>
  );
});
