// Two views of the Masks tab: does the mask work as specified? Assertions on the live model with their numbers, possible and
// measured influence, and whether the rows of a batch change each other's predictions.
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { labelsWith } from '../../engine/config/capabilities.ts';
import type { Assertion, MaskTestReport } from '../../engine/protocol/masks.ts';
import type { MaskTestState } from '../../store/answers.ts';
import { useCatalog, useLive, useRun, useView } from '../../store/hooks.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import { useProbe } from '../../store/useProbe.ts';
import { RunCards } from '../cards/RunCards.tsx';
import { downloadText, toCsv } from '../charts/csv.ts';
import { formatCompact, formatCount, plural } from '../charts/format.ts';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import { SmallButton } from '../charts/parts/SmallButton.tsx';
import { FigureNote } from '../charts/save/figures.ts';
import { noteOf } from '../shell/runNames.ts';
import { BatchCompanyCard } from './maskTests/BatchCompanyCard.tsx';
import classes from './maskTests/maskTests.module.css';
import { ReachCards } from './maskTests/ReachCard.tsx';
import { RowPerturbationCard } from './maskTests/RowPerturbationCard.tsx';
import { leaksOf } from './maskTests/reach.ts';
import { absenceOf, NetworkSelect } from './NetworkSelect.tsx';
import { ProbeStatus } from './ProbeStatus.tsx';
import { useGone } from './useGone.ts';

const plain = (value: number): string =>
  Number.isInteger(value) ? formatCount(value) : formatCompact(value);

function Line({ assertion }: { assertion: Assertion }) {
  const { text, passed, value, limit, detail } = assertion;
  const Icon = passed ? IconCircleCheck : IconAlertTriangle;
  return (
    <li className={classes.assertion} data-passed={passed}>
      <Icon size={16} stroke={1.75} aria-hidden="true" />
      <div>
        <h3>
          {text} <span className={classes.pill}>{passed ? 'holds' : 'fails'}</span>
        </h3>
        <p className={classes.muted}>
          {detail} Measured {plain(value)}, limit {plain(limit)}.
        </p>
      </div>
    </li>
  );
}

/** Assertions concern single attention layers; influence between tasks through all layers is reported too. */
function assertionsText(report: MaskTestReport): string {
  const failed = report.assertions.filter((a) => !a.passed).length;
  const { leaks, pairs } = leaksOf(report);
  const held = failed === 0 ? 'all hold' : `${failed} of ${report.assertions.length} fail`;
  if (leaks.length === 0) return held;
  return `${held}, yet ${leaks.length} of ${plural(pairs, 'pair')} of tasks reach each other: see below`;
}

function AssertionsCard(props: { report: MaskTestReport; when: string; caseFile(): string }) {
  const { report, when, caseFile } = props;
  return (
    <Card
      title="Assertions"
      subtitle={assertionsText(report)}
      files={{
        what: 'Assertions',
        fileName: 'assertions',
        csv: () =>
          toCsv(
            ['id', 'assertion', 'passed', 'value', 'limit', 'detail'],
            report.assertions.map((a) => [a.id, a.text, a.passed, a.value, a.limit, a.detail]),
          ),
      }}
      actions={
        <SmallButton
          onClick={() => downloadText('case.json', caseFile(), 'application/json')}
          label="Save case (JSON): this experiment and its assertions as a case for the command line"
        >
          Save case (JSON)
        </SmallButton>
      }
    >
      <ul className={classes.assertions}>
        {report.assertions.map((assertion) => (
          <Line key={assertion.id} assertion={assertion} />
        ))}
      </ul>
      <p className={classes.muted}>{when}</p>
    </Card>
  );
}

function whenText({ report, step, epoch, seed }: MaskTestState): string {
  const rows = report ? `first ${formatCount(report.rows)} validation rows, ` : '';
  return `Measured on the ${rows}step ${formatCount(step)}, epoch ${epoch}, seed ${seed}.`;
}

/** The case file for `multitab check`. */
function caseOf(run: RunRecord, { report, role, seed, step, epoch }: MaskTestState): string {
  const file = run.weightsRead?.fileName;
  const taken = { role, seed, step, epoch, ...(file ? { weights: file } : {}) };
  const { assertions = [] } = report ?? {};
  return `${JSON.stringify({ experiment: run.experiment, taken, assertions }, null, 2)}\n`;
}

export function MaskTestsPanel({ part }: { part: 'tests' | 'rows' }) {
  const run = useRun();
  const stage = useLive(run?.runId ?? null)?.progress?.stage;
  const catalog = useCatalog();
  const [view] = useView();
  const { role } = view;
  const probe = useProbe('mask-tests', {}, { role });
  const select = <NetworkSelect run={run} shown={probe.newest?.role ?? null} />;
  const tests = probe.answer;
  const status = <ProbeStatus probe={probe} what="Testing the masks" />;
  const absence = run && role ? absenceOf(run, role, stage) : null;
  const gone = useGone(run);
  const change = run && <RowPerturbationCard key={run.runId} run={run} role={role} gone={gone} />;
  if (!tests?.report) {
    return (
      <div className={classes.panel}>
        <Card title={part === 'rows' ? 'Rows of a batch' : 'Mask tests'} actions={select}>
          {status}
          {tests ? (
            <EmptyState title="No masks to test here" height={200}>
              The tasks of this network share no tokens. {labelsWith(catalog?.models ?? [], 'masks')} has
              masks that can be tested.
            </EmptyState>
          ) : (
            <EmptyState
              title={absence?.title ?? (probe.progress ? 'The masks are being tested' : 'Not tested yet')}
              height={320}
            >
              {gone ??
                absence?.text ??
                'Step once, or press Run. Masks are tested on the live model after every epoch or step.'}
            </EmptyState>
          )}
        </Card>
        {tests && part === 'rows' && change}
      </div>
    );
  }
  return (
    <FigureNote value={noteOf(run as RunRecord, tests)}>
      <div className={classes.panel}>
        {select && <div className={classes.toolbar}>{select}</div>}
        {status}
        {part === 'tests' ? (
          <>
            <AssertionsCard
              report={tests.report}
              when={whenText(tests)}
              caseFile={() => caseOf(run as RunRecord, tests)}
            />
            <ReachCards report={tests.report} />
            <RunCards place="mask-tests" />
          </>
        ) : (
          <>
            <BatchCompanyCard report={tests.report} />
            {change}
            <RunCards place="row-tests" />
          </>
        )}
      </div>
    </FigureNote>
  );
}
