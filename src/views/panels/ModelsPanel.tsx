// The Models tab: the cost of every architecture on the current table, before a run, and which of them the experiment compares.
// Counts are immediate; time, launches and memory are measured on request, in a few steps each.
import { useRef } from 'react';
import type { Catalog } from '../../engine/config/catalog.ts';
import { numberOf, roleText } from '../../engine/core/roles.ts';
import type { Measured } from '../../engine/probes/registry.ts';
import type { CostRow, MeasuredCost } from '../../engine/protocol/cost.ts';
import { WEIGHT_FILES } from '../../engine/protocol/data.ts';
import { type Planning, useCatalog, useLive, usePlanning, useRun } from '../../store/hooks.ts';
import { useStore } from '../../store/store.ts';
import { type ProbeHandle, useProbe } from '../../store/useProbe.ts';
import { formatCount } from '../charts/format.ts';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import { SmallButton } from '../charts/parts/SmallButton.tsx';
import { Term } from '../charts/parts/Term.tsx';
import { openFiles } from '../shell/opening/openFile.ts';
import { networkLabel } from '../shell/runNames.ts';
import { costsCsv, durations, formatBytes, formatScaled, formatSeconds } from './models/costs.ts';
import classes from './models/models.module.css';

/** Milliseconds without a change before costs are counted: the experiment may be in the middle of one. */
const SETTLE_MS = 250;

/** A bar behind the number: its size relative to the largest. */
function Share({ value, largest }: { value: number | null; largest: number }) {
  if (value === null || largest <= 0) return null;
  return (
    <span className={classes.bars} aria-hidden="true">
      <span style={{ width: `${Math.max(2, (100 * value) / largest)}%` }} />
    </span>
  );
}

interface LineProps {
  row: CostRow;
  cost: MeasuredCost | undefined;
  largest: { parameters: number; flops: number; seed: number };
  isChosen: boolean;
  onToggle(): void;
}

function Name({ row, isChosen, onToggle }: Omit<LineProps, 'cost' | 'largest'>) {
  const fixed = row.role === 'baseline' || row.role === 'model';
  return (
    <label className={classes.name}>
      <input
        type="checkbox"
        checked={fixed || isChosen}
        disabled={fixed}
        aria-label={fixed ? `${row.label} is the ${roleText(row.role ?? 'model')}` : `Compare ${row.label}`}
        onChange={onToggle}
      />
      {row.label}
      {row.role && <span className={classes.pill}>{roleText(row.role)}</span>}
    </label>
  );
}

function Line({ row, cost, largest, isChosen, onToggle }: LineProps) {
  const name = (
    <th scope="row">
      <Name row={row} isChosen={isChosen} onToggle={onToggle} />
    </th>
  );
  const issue = row.issues[0];
  if (issue) {
    return (
      <tr>
        {name}
        <td colSpan={7} className={classes.issue}>
          Not on this table: expected {issue.expected}, got {issue.got}. {issue.remedy}
        </td>
      </tr>
    );
  }
  const time = durations(row, cost);
  const dash = <span className={classes.muted}>–</span>;
  const trees = row.parameters === null;
  return (
    <tr>
      {name}
      <td>
        {trees ? <span className={classes.muted}>grows</span> : formatCount(row.parameters ?? 0)}
        <Share value={row.parameters} largest={largest.parameters} />
      </td>
      <td>
        {row.flopsPerRow === null ? dash : formatScaled(row.flopsPerRow)}
        <Share value={row.flopsPerRow} largest={largest.flops} />
      </td>
      <td>{row.parameterBytes === null ? dash : formatBytes(row.parameterBytes)}</td>
      <td>{cost?.peakBytes == null ? dash : formatBytes(cost.peakBytes)}</td>
      <td>{cost?.launches == null ? dash : formatCount(cost.launches)}</td>
      <td title={cost?.skipped ?? undefined}>
        {cost?.skipped ? 'too large to try' : cost?.stepMs == null ? dash : formatSeconds(cost.stepMs / 1000)}
      </td>
      <td>
        {time ? formatSeconds(time.seed) : dash}
        <Share value={time?.seed ?? null} largest={largest.seed} />
      </td>
    </tr>
  );
}

/** What a measurement depends on, besides the data: the network and its settings. */
const costKey = ({ id, params }: Pick<CostRow, 'id' | 'params'>): string => `${id} ${JSON.stringify(params)}`;

const measurable = (rows: readonly CostRow[]) =>
  rows.filter((r) => r.issues.length === 0).map(({ id, label, params }) => ({ id, label, params }));

/** The measurement of a row of the table, if there is one yet. */
function measuredIn(measured: Measured<'measured-cost'> | null): (row: CostRow) => MeasuredCost | undefined {
  const { request, costs = [] } = measured ?? {};
  const byKey = new Map(request?.networks.map((network, i) => [costKey(network), costs[i]]));
  return (row) => byKey.get(costKey(row));
}

const largestOf = (values: readonly (number | null | undefined)[]) =>
  Math.max(0, ...values.map((v) => v ?? 0));

interface CostsProps {
  planning: Planning;
  counted: ProbeHandle<'cost'>;
  measured: ProbeHandle<'measured-cost'>;
}

function Costs({ planning, counted, measured }: CostsProps) {
  const { compared, setCompared, isBusy } = planning;
  const { progress } = measured;
  if (counted.error || !counted.answer) {
    return (
      <EmptyState title={counted.error ? 'No costs for this experiment' : 'Counting'} height={280}>
        {counted.error?.message ?? 'Parameters and operations of every architecture on this table.'}
      </EmptyState>
    );
  }
  const { rows, batchSize } = counted.answer;
  const measuredOf = measuredIn(measured.answer);
  const largest = {
    parameters: largestOf(rows.map((r) => r.parameters)),
    flops: largestOf(rows.map((r) => r.flopsPerRow)),
    seed: largestOf(rows.map((r) => durations(r, measuredOf(r))?.seed)),
  };
  // The table follows the experiment with a delay; check boxes follow at once.
  const placeOf = (row: CostRow) =>
    row.role && numberOf(row.role) > 1 ? numberOf(row.role) - 2 : compared.indexOf(row.id);
  const isChosen = (row: CostRow) => compared[placeOf(row)] === row.id;
  const toggle = (row: CostRow) => {
    const place = placeOf(row);
    setCompared(isChosen(row) ? compared.filter((_, i) => i !== place) : [...compared, row.id]);
  };
  return (
    <>
      <div className={classes.bar}>
        {measured.isOpen ? (
          <>
            <SmallButton onClick={measured.stop}>Stop measuring</SmallButton>
            <span role="status">
              {progress
                ? `Measuring ${progress.label}, ${progress.done + 1} of ${progress.total}`
                : 'Measuring'}
            </span>
          </>
        ) : isBusy ? (
          <span>Time and memory are measured while no run is active.</span>
        ) : (
          <SmallButton onClick={() => measured.ask({ networks: measurable(rows) })}>
            Measure time and memory
          </SmallButton>
        )}
        {measured.error && <span role="alert">{measured.error.message}</span>}
        <span>
          Batch of {formatCount(batchSize)} rows on this engine. Ticked networks are trained one after another
          in one run.
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Cost of every architecture, table">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Network</th>
              <th scope="col">
                <Term id="parameters">Parameters</Term>
              </th>
              <th scope="col">
                <Term id="flops">FLOPs per row</Term>
              </th>
              <th scope="col">
                <Term id="parameter-memory">Parameter memory</Term>
              </th>
              <th scope="col">
                <Term id="step-memory">Step memory</Term>
              </th>
              <th scope="col">
                <Term id="launches">Launches</Term>
              </th>
              <th scope="col">One step</th>
              <th scope="col">
                <Term id="one-seed">One seed</Term>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <Line
                // A row keeps its position and focus when it is checked.
                key={`${row.id} ${rows.slice(0, i).filter((r) => r.id === row.id).length}`}
                row={row}
                cost={measuredOf(row)}
                largest={largest}
                isChosen={isChosen(row)}
                onToggle={() => toggle(row)}
              />
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

/** Exports weights to PyTorch and imports them. */
function Weights({ isBusy }: { isBusy: boolean }) {
  const run = useRun();
  const weightsIssue = useLive(run?.runId ?? null)?.weightsIssue;
  const { exportWeights } = useStore.getState();
  const input = useRef<HTMLInputElement>(null);
  const parts = run?.seedStates.at(-1)?.parts ?? [];
  const isDone = run !== null && !run.isExample && (run.status === 'finished' || run.status === 'stopped');
  return (
    <Card title="Weights" subtitle="safetensors or PyTorch, under the names of the public code">
      <div className={classes.bar}>
        {isDone &&
          parts.map((part) => (
            <SmallButton key={part.role} onClick={() => exportWeights(part.role)}>
              Save {networkLabel(parts, part.role)}
            </SmallButton>
          ))}
        {!isBusy && <SmallButton onClick={() => input.current?.click()}>Load weights…</SmallButton>}
        <input
          ref={input}
          type="file"
          accept={[...WEIGHT_FILES, '.json'].join(',')}
          multiple
          aria-label="Weights from a file"
          hidden
          onChange={(event) => {
            const target = event.currentTarget;
            void openFiles(Array.from(target.files ?? []));
            target.value = '';
          }}
        />
      </div>
      {weightsIssue && (
        <p className={classes.refused} role="alert">
          Not saved: expected {weightsIssue.expected}, got {weightsIssue.got}. {weightsIssue.remedy}
        </p>
      )}
      {run?.weightsRead && (
        <p className={classes.note}>
          {run.weightsRead.tensors} tensors of {run.weightsRead.fileName}.
          {run.weightsRead.notes.map((note) => ` ${note.text}`)}
        </p>
      )}
      <p className={classes.note}>
        {isDone
          ? 'Saved weights are those of the best epoch, of the last seed. '
          : 'Run an experiment to the end to save its weights. '}
        In Python: <code>model.load_state_dict(safetensors.torch.load_file("file"))</code>. A file of
        safetensors or of <code>torch.save</code> is read as data, nothing in it is executed, and measured
        with the model, table and tasks set on the left; what does not fit is listed name by name. A file
        saved here says in its metadata how columns, classes and numbers were read, and the table is read in
        the same way; with a file of <code>torch.save</code>, choose these metadata as a .json file beside it.
      </p>
    </Card>
  );
}

/** The source of each architecture, and its deviations from it. */
function About({ catalog }: { catalog: Catalog }) {
  return (
    <Card title="Where they come from">
      <dl className={classes.about}>
        {catalog.models.map((m) => (
          <div key={m.id}>
            <dt>{m.label}</dt>
            <dd>{m.summary}</dd>
            <dd className={classes.source}>{m.citation}.</dd>
            {m.deviations.length > 0 && (
              <dd className={classes.source}>
                <ul>
                  {m.deviations.map((text) => (
                    <li key={text}>{text}</li>
                  ))}
                </ul>
              </dd>
            )}
          </div>
        ))}
      </dl>
    </Card>
  );
}

export function ModelsPanel() {
  const catalog = useCatalog();
  const planning = usePlanning();
  const counted = useProbe('cost', {}, { ofExperiment: true, delayMs: SETTLE_MS, keepsEarlier: true });
  const measured = useProbe('measured-cost', null, { ofExperiment: true, endsWithPanel: true });
  const costs = counted.error ? null : counted.answer;
  return (
    <div className={classes.panel}>
      <Card
        figure="costs"
        title="Cost before running"
        subtitle="every architecture on the table at hand"
        files={
          costs && {
            what: 'Costs',
            fileName: 'costs',
            csv: () => costsCsv(costs.rows, measuredIn(measured.answer), costs.batchSize),
          }
        }
      >
        <Costs planning={planning} counted={counted} measured={measured} />
      </Card>
      <Weights isBusy={planning.isBusy} />
      {catalog && <About catalog={catalog} />}
    </div>
  );
}
