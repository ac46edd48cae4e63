// Groups of runs as rows: the settings that differ, and every figure with mean, spread and interval; and the differences to one
// of the groups.
import { useId, useState } from 'react';
import type { Role } from '../../../engine/core/roles.ts';
import { nameOf } from '../../../store/runEntry.ts';
import { useStore } from '../../../store/store.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatFixed } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import {
  type Figure,
  figureOf,
  type Group,
  type GroupFigure,
  type Grouping,
  type SettingColumn,
  valuesBySeed,
} from './compare.ts';
import { Differences } from './Differences.tsx';
import { differencesCsv } from './differenceRows.ts';
import type { NetworkChoice } from './networks.ts';
import { ReportButton } from './ReportButton.tsx';
import classes from './runs.module.css';
import { type TextTable, toLatex, toMarkdown } from './tableText.ts';

export interface CompareTableProps {
  /** One per row: a group may have several networks. */
  groups: readonly Group[];
  groupsOfRuns: readonly Group[];
  columns: readonly SettingColumn[];
  figures: readonly Figure[];
  grouping: Grouping;
  onGrouping(grouping: Grouping): void;
  networks: readonly NetworkChoice[];
  /** At least one. */
  roles: readonly Role[];
  onRoles(roles: readonly Role[]): void;
}

/** A cost belongs to a network, not to its seeds. */
const isCost = (figure: Figure): boolean => figure.higherIsBetter === null;

function meanText({ mean, sd, n }: GroupFigure, figure: Figure): string {
  if (n === 0) return '–';
  const text = formatFixed(mean, figure.decimals);
  return isCost(figure) || Number.isNaN(sd) ? text : `${text} ± ${formatFixed(sd, figure.decimals)}`;
}

export function CompareTable(props: CompareTableProps) {
  const { groups, groupsOfRuns, columns, figures, grouping, onGrouping, networks, roles, onRoles } = props;
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const [reference, setReference] = useState<string | null>(null);
  const shown = figures.filter(({ id }) => !hidden.includes(id));
  const base = groups.find(({ id }) => id === reference) ?? (groups[0] as Group);
  const tested = shown.filter((f) => !isCost(f));
  // A baseline has no gain, yet its metrics have seeds.
  const seedsOf = (group: Group): number =>
    tested.length === 0 ? group.runs.length : Math.max(...tested.map((f) => figureOf(group, f).n));
  const ids = { grouping: useId(), reference: useId() };
  const text: TextTable = {
    header: ['Group', ...columns.map((c) => c.label), 'n', ...shown.map((f) => f.label)],
    numWords: 1 + columns.length,
    rows: groups.map((group) => [
      group.label,
      ...group.settings,
      String(seedsOf(group)),
      ...shown.map((figure) => meanText(figureOf(group, figure), figure)),
    ]),
  };
  const csv = () =>
    toCsv(
      ['group', 'network', ...columns.map((c) => c.key), 'figure', 'n', 'mean', 'sd', 'low', 'high'],
      groups.flatMap((group) =>
        shown.map((figure) => {
          const { n, mean, sd, low, high } = figureOf(group, figure);
          return [group.label, group.role, ...group.settings, figure.label, n, mean, sd, low, high];
        }),
      ),
    );
  const json = () =>
    JSON.stringify(
      groups.map((group) => ({
        group: group.label,
        network: group.role,
        runs: group.runs.map((run) => ({ id: run.runId, name: nameOf(run), experiment: run.experiment })),
        settings: Object.fromEntries(columns.map((c, i) => [c.key, group.settings[i]])),
        figures: Object.fromEntries(shown.map((f) => [f.label, Object.fromEntries(valuesBySeed(group, f))])),
      })),
      null,
      2,
    );
  const hasDifferences = groups.length > 1 && tested.length > 0;
  const more = [
    ...(hasDifferences
      ? [
          {
            label: `CSV, differences from ${base.label}`,
            fileName: 'runs-differences.csv',
            type: 'text/csv;charset=utf-8',
            content: () => differencesCsv(groups, base, tested),
          },
        ]
      : []),
    { label: 'JSON', fileName: 'runs.json', type: 'application/json', content: json },
    { label: 'LaTeX', fileName: 'runs.tex', type: 'text/plain', content: () => toLatex(text) },
    { label: 'Markdown', fileName: 'runs.md', type: 'text/markdown', content: () => toMarkdown(text) },
  ];
  return (
    <Card
      figure="run-figures"
      title="Figures"
      subtitle="mean ± standard deviation over seeds, on the test split"
      actions={
        <ReportButton
          label="Report of the chosen runs as one HTML page"
          fileName="report.html"
          make={async () => {
            const { reportOfRuns } = await import('./report.ts');
            const { catalog, readRecords } = useStore.getState();
            if (!catalog)
              throw new Error(
                'Report: expected an engine that has started, got none. Try again in a moment.',
              );
            return reportOfRuns(groupsOfRuns, columns, catalog, readRecords);
          }}
        />
      }
      files={{ what: 'Figures', fileName: 'runs', csv, more }}
    >
      <div className={classes.toolbar}>
        <label htmlFor={ids.grouping}>Rows</label>
        <select
          id={ids.grouping}
          value={grouping.kind === 'setting' ? grouping.key : grouping.kind}
          onChange={(event) => {
            const { value } = event.currentTarget;
            onGrouping(
              value === 'none' || value === 'same-settings'
                ? { kind: value }
                : { kind: 'setting', key: value },
            );
          }}
        >
          <option value="same-settings">over seeds</option>
          <option value="none">every run</option>
          {columns.map(({ key, label }) => (
            <option key={key} value={key}>
              by {label}
            </option>
          ))}
        </select>
        {networks.length > 1 && (
          <fieldset className={classes.choices}>
            <legend className="visually-hidden">Networks</legend>
            {networks.map(({ role, label }) => (
              <SmallButton
                key={role}
                pressed={roles.includes(role)}
                // One of them stays.
                disabled={roles.length === 1 && roles[0] === role}
                onClick={() =>
                  onRoles(roles.includes(role) ? roles.filter((own) => own !== role) : [...roles, role])
                }
              >
                {label}
              </SmallButton>
            ))}
          </fieldset>
        )}
        <fieldset className={classes.choices}>
          <legend className="visually-hidden">Columns</legend>
          {figures.map(({ id, label }) => (
            <SmallButton
              key={id}
              pressed={!hidden.includes(id)}
              onClick={() =>
                setHidden(hidden.includes(id) ? hidden.filter((h) => h !== id) : [...hidden, id])
              }
            >
              {label}
            </SmallButton>
          ))}
        </fieldset>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.wide} tabIndex={0} aria-label="Figures of the chosen runs, table">
        <table className={classes.figures}>
          <thead>
            <tr>
              {text.header.map((label) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {groups.map((group, g) => (
              <tr key={group.id}>
                <th scope="row">
                  <Chip task={g} /> {group.label}
                </th>
                {columns.map(({ key }, i) => (
                  <td key={key}>{group.settings[i]}</td>
                ))}
                <td>{text.rows[g]?.[1 + columns.length]}</td>
                {shown.map((figure) => {
                  const own = figureOf(group, figure);
                  const { low, high, n } = own;
                  const interval =
                    n > 1 &&
                    !isCost(figure) &&
                    `[${[low, high].map((bound) => formatFixed(bound, figure.decimals)).join(', ')}]`;
                  return (
                    <td key={figure.id}>
                      <span className={classes.whole}>{meanText(own, figure)}</span>
                      {interval && <span className={classes.beside}>{interval}</span>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className={classes.facts}>Brackets: 95 % interval of the mean, Student's t.</p>
      {hasDifferences && (
        <>
          <div className={classes.toolbar}>
            <label htmlFor={ids.reference}>Against</label>
            <select
              id={ids.reference}
              value={base.id}
              onChange={(event) => setReference(event.currentTarget.value)}
            >
              {groups.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          </div>
          <Differences groups={groups} base={base} figures={tested} />
        </>
      )}
    </Card>
  );
}
