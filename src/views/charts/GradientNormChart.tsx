// The global gradient norm before clipping, on a logarithmic axis: where a run that diverged began to.
import { useMemo } from 'react';
import { extent, mergeSeries, thin } from './curves.ts';
import { formatCompact, formatCount, formatPower } from './format.ts';
import type { StepMark } from './frame.ts';
import { LineFrame } from './LineFrame.tsx';
import { inTurn } from './parts/inTurn.tsx';
import { useWidth } from './parts/useWidth.ts';
import { logTicks, stepTicks } from './scale.ts';

const HEIGHT = 170;

export interface GradientNormChartProps {
  steps: readonly number[];
  norms: readonly number[];
  marks: readonly StepMark[];
}

export const GradientNormChart = inTurn(function GradientNormChart({
  steps,
  norms,
  marks,
}: GradientNormChartProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const rows = useMemo(() => {
    const kept = thin(norms, 300);
    const positive = kept.map((i) => norms[i] as number).map((norm) => (norm > 0 ? norm : Number.NaN));
    return mergeSeries([{ key: 'norm', steps: kept.map((i) => steps[i] as number), values: positive }]);
  }, [steps, norms]);
  const [low, high] = extent(norms.filter((norm) => norm > 0)) ?? [0.1, 10];
  const last = Math.max(steps.at(-1) ?? 1, ...marks.map((mark) => mark.step));
  return (
    <div ref={ref} style={{ height: HEIGHT }}>
      {width > 0 && (
        <LineFrame
          label={`Gradient norm over training steps, from ${formatCompact(low)} to ${formatCompact(high)}`}
          width={width}
          height={HEIGHT}
          rows={rows}
          x={{ ...stepTicks(last, width / 90), format: formatCount }}
          y={{ ...logTicks(low, high, 4), log: true, format: formatPower }}
          yWidth={38}
          marks={marks}
          lines={[{ key: 'norm', name: 'gradient norm', stroke: 'var(--text)', width: 1.75 }]}
        />
      )}
    </div>
  );
}, HEIGHT);
