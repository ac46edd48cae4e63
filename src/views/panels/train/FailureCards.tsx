// What led to a number that is not finite: the last steps and the gradient norm. Nothing for other failures.
import { roleText } from '../../../engine/core/roles.ts';
import { useLossPoints } from '../../../store/hooks.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { GradientNormChart } from '../../charts/GradientNormChart.tsx';
import { Card } from '../../charts/parts/Card.tsx';
import { LastSteps } from './LastSteps.tsx';
import { useFailureMarks, useTaskNames } from './useRunParts.ts';

export function FailureCards({ run }: { run: RunRecord }) {
  const points = useLossPoints(run.error?.fault?.role ?? 'model');
  const names = useTaskNames(run);
  const marks = useFailureMarks(run);
  const fault = run.status === 'failed' ? run.error?.fault : undefined;
  if (!fault || !points || points.steps.length === 0) return null;
  return (
    <>
      <Card
        title="Gradient norm"
        subtitle={`all weights of the ${roleText(fault.role)}, before clipping, log scale`}
      >
        <GradientNormChart steps={points.steps} norms={points.gradientNorms} marks={marks} />
      </Card>
      <LastSteps names={names} points={points} fault={fault} />
    </>
  );
}
