// What the masks of the live model are tested for: each assertion with the number it rests on, and the case for the command line.
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { Assertion, MaskTestReport } from '../../../engine/protocol/masks.ts';
import type { MaskTestState } from '../../../store/answers.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { downloadText, toCsv } from '../../charts/csv.ts';
import { formatCompact, formatCount, plural } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import classes from './maskTests.module.css';
import { leaksOf } from './reach.ts';

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

export interface AssertionsCardProps {
  run: RunRecord;
  tests: MaskTestState;
  report: MaskTestReport;
}

export function AssertionsCard({ run, tests, report }: AssertionsCardProps) {
  return (
    <Card
      figure="assertions"
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
          onClick={() => downloadText('case.json', caseOf(run, tests), 'application/json')}
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
      <p className={classes.muted}>{whenText(tests)}</p>
    </Card>
  );
}
