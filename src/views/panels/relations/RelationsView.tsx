// The Relations view of the Tasks tab: how the tasks' gradients agree on shared parameters, step by step and place by place;
// each task's share of the update; and which measure ranks the tasks as the truth does. The probe is watched while the view is
// on screen.
import { useMemo, useState } from 'react';
import { estimatedMeasure } from '../../../engine/core/relationSummary.ts';
import type { DatasetSummary } from '../../../engine/protocol/data.ts';
import type { RelationsReport } from '../../../engine/protocol/relations.ts';
import { useLive, useRun, useView } from '../../../store/hooks.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { useStore } from '../../../store/store.ts';
import { type ProbeHandle, useProbe } from '../../../store/useProbe.ts';
import { formatCount, formatFixed } from '../../charts/format.ts';
import { HeatmapCard } from '../../charts/heatmap/HeatmapCard.tsx';
import { cellOfPair, MATRIX_CELL, pairOfCell } from '../../charts/heatmap/taskMatrix.ts';
import { Card, EmptyState } from '../../charts/parts/Card.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { absenceOf, NetworkSelect } from '../NetworkSelect.tsx';
import { ProbeStatus } from '../ProbeStatus.tsx';
import { GradTagAsk } from './GradTagAsk.tsx';
import { GroupsCard } from './GroupsCard.tsx';
import { truthMeasures, truthsOfRun } from './groups.ts';
import { agreementCsv, agreementTable, mapOf, measuresAt, taskCsv, taskTable } from './maps.ts';
import { PlaceBar } from './PlaceBar.tsx';
import classes from './relations.module.css';

/** Gains per task over the baseline, of the last finished seed, or null. */
const gainsOf = (run: RunRecord): (number | null)[] | null => {
  const gain = run.result?.seeds.at(-1)?.gain;
  return gain ? gain.perTask.map((t) => t.gain) : null;
};

/** States how many ordinary forward and backward passes a look costs. */
function Price({ report }: { report: RelationsReport }) {
  const { price, rows } = report;
  return (
    <p className={classes.note}>
      The first {formatCount(rows)} training rows, the same every time, without dropout.{' '}
      {price &&
        `A look takes ${formatFixed(price.lookMs, 0)} ms, ${formatFixed(price.lookMs / price.passMs, 1)} times forward and backward pass of the sum of the losses; looking takes a fifth of the time of the run at most.`}
    </p>
  );
}

/** What likeness of activations says, and where it misleads. */
function SimilarityNote() {
  return (
    <p className={classes.note}>
      Linear CKA (Kornblith et al. 2019): 1 where one task's values are those of another but for turning and
      scale, on 256 rows at most; with fewer rows than values per task it is high whatever the network. Gate
      similarity: cosine of the mean weights that the tasks' gates give the experts.
    </p>
  );
}

/** Adam compensates for overall scale, so methods that differ only in scale can be told apart only with SGD. */
function ScaleNote() {
  const optimizer = useStore((s) => s.experiment?.training.optimizer);
  const setValue = useStore((s) => s.setValue);
  if (!optimizer || optimizer === 'sgd') return null;
  return (
    <p className={classes.note}>
      {String(optimizer) === 'adamw' ? 'AdamW' : 'This optimizer'} divides every value by its recent size,
      which hides the overall scale of weights; with SGD it shows.
      <SmallButton onClick={() => setValue('training.optimizer', 'sgd')}>Use SGD in the next run</SmallButton>
    </p>
  );
}

interface ShownProps {
  report: RelationsReport;
  dataset: DatasetSummary;
  run: RunRecord;
  onLookAhead(): void;
  isLookingAhead: boolean;
  estimated: ProbeHandle<'grad-tag'>;
}

function Shown({ report, dataset, run, onLookAhead, isLookingAhead, estimated }: ShownProps) {
  const [view, setView] = useView();
  const [chosenPlace, setPlace] = useState(0);
  const [chosenMeasure, setMeasure] = useState('cosine');
  const [held, setHeld] = useState<number | null>(null);
  const last = report.history.length - 1;
  const heldAt = report.history.findIndex((m) => m.step === held);
  const look = heldAt < 0 ? last : heldAt;
  const place = chosenPlace < report.places.length ? chosenPlace : 0;
  const names = useMemo(() => dataset.tasks.map((t) => t.name), [dataset]);
  const trained = useMemo(() => truthsOfRun(run, names.length), [run, names]);
  const estimate = estimated.answer?.report ?? null;
  const ofEstimate = useMemo(
    () => (estimate ? [estimatedMeasure(estimate.losses, names.length)] : []),
    [estimate, names],
  );
  // An estimate is of the whole network, as it stood when it was asked for.
  const cheap = useMemo(
    () => [...measuresAt(report, look, place), ...(place === 0 ? ofEstimate : [])],
    [report, look, place, ofEstimate],
  );
  const measures = useMemo(() => [...cheap, ...truthMeasures(trained)], [cheap, trained]);
  const measure = measures.find((m) => m.id === chosenMeasure) ?? measures[0];
  const label = report.places[place]?.label ?? '';
  const isTruth = measure?.of === 'training';
  const map = useMemo(() => measure && mapOf(measure, names, label), [measure, names, label]);
  const shown = report.history[look];
  const predicted = useMemo(
    () => ({ measures: cheap, dataset, gains: gainsOf(run), trained }),
    [cheap, dataset, run, trained],
  );
  const agreement = useMemo(() => agreementTable(predicted), [predicted]);
  const newest = useMemo(
    () => [...measuresAt(report, last, 0), ...ofEstimate, ...truthMeasures(trained)],
    [report, last, trained, ofEstimate],
  );
  if (!shown || !measure || !map) return null;
  return (
    <>
      <PlaceBar
        report={report}
        place={place}
        onPlace={setPlace}
        measures={measures}
        measure={measure.id}
        onMeasure={setMeasure}
        look={look}
        onLook={(at) => setHeld(at === last ? null : (report.history[at]?.step ?? null))}
      />
      <div className={classes.panel}>
        <HeatmapCard
          figure="relations"
          title={measure.label}
          subtitle={
            isTruth
              ? 'trained in groups, test split, mean over seeds'
              : measure.of === 'estimate'
                ? `estimated at step ${formatCount(estimated.answer?.step ?? 0)}`
                : measure.of === 'activations'
                  ? `activations on the same rows, step ${formatCount(shown.step)}`
                  : `gradients on ${label}, step ${formatCount(shown.step)}`
          }
          what={measure.label}
          fileName={`relations-${measure.id}`}
          caption={`${measure.label} of every pair of tasks${isTruth || measure.of === 'estimate' ? '' : `, step ${shown.step}`}`}
          maps={[map]}
          cell={MATRIX_CELL}
          chosen={cellOfPair(view.pair, names.length)}
          onSelect={(cell) => setView({ pair: pairOfCell(cell) })}
        >
          {measure.of === 'activations' && <SimilarityNote />}
          <Price report={report} />
          <p className={classes.ahead}>
            <SmallButton pressed={isLookingAhead} onClick={onLookAhead}>
              Look ahead
            </SmallButton>
            <span>
              takes a step along the gradient of each task, too, and looks at all losses (TAG): {names.length}{' '}
              more forward passes a look
            </span>
          </p>
          <GradTagAsk
            probe={estimated}
            onAsk={() => {
              setPlace(0);
              setMeasure('grad-tag');
            }}
          />
        </HeatmapCard>
        <Card
          figure="update"
          title="Who makes up the update"
          subtitle={`step ${formatCount(shown.step)}, ${label}`}
          files={{
            what: 'Who makes up the update',
            fileName: 'update-shares',
            csv: () => taskCsv(shown, place, names),
          }}
        >
          <DataTable data={taskTable(shown, place, names)} />
          <ScaleNote />
        </Card>
        <Card
          figure="agreement"
          title="Which measure predicts what?"
          subtitle="Spearman's rank correlation; number of values in brackets"
          files={{
            what: 'Which measure predicts what',
            fileName: 'measures-and-truths',
            csv: () => agreementCsv(predicted),
          }}
        >
          <DataTable data={agreement} />
          <p className={classes.note}>
            Over pairs of tasks; with the gain per task, over tasks: what all others together give a task. A
            correlation of few values says little; it is undefined where all values are equal, and where fewer
            than three are known (a gain over a baseline near zero is not).
          </p>
        </Card>
        <GroupsCard run={run} measures={newest} names={names} />
      </div>
    </>
  );
}

export function RelationsView() {
  const run = useRun();
  const stage = useLive(run?.runId ?? null)?.progress?.stage;
  const [view] = useView();
  const [lookAhead, setLookAhead] = useState(false);
  const request = useMemo(() => ({ lookAhead }), [lookAhead]);
  const role = view.role ?? 'model';
  const probe = useProbe('relations', request, { role });
  const estimated = useProbe('grad-tag', null, { role });
  const report = probe.answer;
  const select = run && <NetworkSelect shown={report?.role ?? null} />;
  const dataset = run?.dataset;
  const empty = run
    ? absenceOf(run, role, stage)
    : { title: 'No relations measured', text: 'Press Run, or step once.' };
  return (
    <div className={classes.container}>
      <div className={classes.bar}>{select}</div>
      <ProbeStatus probe={probe} what="Looking at the gradients" />
      {report && dataset && run && !report.absence ? (
        <Shown
          report={report}
          dataset={dataset}
          run={run}
          estimated={estimated}
          isLookingAhead={lookAhead}
          onLookAhead={() => setLookAhead(!lookAhead)}
        />
      ) : (
        <Card title="Relations">
          <EmptyState title={report?.absence ? 'Nothing is shared' : empty.title} height={280}>
            {report?.absence ?? empty.text}
          </EmptyState>
        </Card>
      )}
    </div>
  );
}
