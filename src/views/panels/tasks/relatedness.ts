// The three matrices of task relatedness, with a remark on each.
import type { DatasetSummary } from '../../../engine/protocol/data.ts';
import { formatFixed, shortTaskLabel } from '../../charts/format.ts';
import { pairsOf } from '../../charts/heatmap/outputs.ts';

export interface RelatednessMatrix {
  id: 'requested' | 'closed-form' | 'realised';
  title: string;
  subtitle: string;
  /** Row-major [tasks, tasks]. */
  values: ArrayLike<number>;
  caption: string;
  /** Icon of the remark; null for none. */
  state: 'success' | 'error' | null;
}

/** Slightly negative eigenvalues of a semi-definite matrix are rounding errors. */
const ROUNDING = 1e-9;

/** Mean of closed form / cosine over pairs whose cosine is not near zero; NaN if there are none. */
export function meanRatio(cosine: ArrayLike<number>, closedForm: ArrayLike<number>, count: number): number {
  const ratios = pairsOf(count)
    .map(([i, j]) => [cosine[i * count + j] as number, closedForm[i * count + j] as number] as const)
    .filter(([c, f]) => Math.abs(c) > 1e-6 && Number.isFinite(f))
    .map(([c, f]) => f / c);
  return ratios.reduce((sum, r) => sum + r, 0) / ratios.length;
}

/** The pair whose values differ most, or null if none can be compared. */
export function largestGap(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  count: number,
): { gap: number; pair: [number, number] } | null {
  let best: { gap: number; pair: [number, number] } | null = null;
  for (const pair of pairsOf(count)) {
    const at = pair[0] * count + pair[1];
    const gap = Math.abs((a[at] as number) - (b[at] as number));
    if (Number.isFinite(gap) && (!best || gap > best.gap)) best = { gap, pair };
  }
  return best;
}

function eigenvalueRemark(smallest: number | null): Pick<RelatednessMatrix, 'caption' | 'state'> {
  if (smallest === null) return { caption: '', state: null };
  const value = formatFixed(Math.abs(smallest) < ROUNDING ? 0 : smallest, 3);
  if (smallest >= -ROUNDING)
    return { caption: `Positive semi-definite, smallest eigenvalue ${value}`, state: 'success' };
  return { caption: `Not positive semi-definite, smallest eigenvalue ${value}`, state: 'error' };
}

/** The available matrices, in order. Tables have only the realised correlation. */
export function relatednessMatrices(dataset: DatasetSummary): RelatednessMatrix[] {
  const { requestedCosine, smallestEigenvalue, closedForm, realised } = dataset.relatedness;
  const count = dataset.tasks.length;
  const name = (task: number) => shortTaskLabel(dataset.tasks[task]?.name ?? '');
  const matrices: RelatednessMatrix[] = [];
  if (requestedCosine) {
    matrices.push({
      id: 'requested',
      title: 'Requested cosine',
      subtitle: 'of the task weight vectors w',
      values: requestedCosine,
      ...eigenvalueRemark(smallestEigenvalue),
    });
  }
  if (closedForm) {
    const ratio = requestedCosine ? meanRatio(requestedCosine, closedForm, count) : Number.NaN;
    matrices.push({
      id: 'closed-form',
      title: 'Label correlation, closed form',
      subtitle: 'implied by the cosine',
      values: closedForm,
      caption: Number.isNaN(ratio)
        ? ''
        : `Degree and noise change it: mean ratio ${formatFixed(ratio, 2)} of the cosine`,
      state: null,
    });
  }
  const gap = closedForm ? largestGap(closedForm, realised, count) : null;
  matrices.push({
    id: 'realised',
    title: 'Label correlation, realised',
    subtitle: `on ${dataset.split.train.toLocaleString('en-US')} training rows`,
    values: realised,
    caption: gap
      ? `Largest gap to closed form ${formatFixed(gap.gap, 3)}, ${name(gap.pair[0])} · ${name(gap.pair[1])}`
      : '',
    state: null,
  });
  return matrices;
}

/** Why matrices are missing, or null if all three are available. */
export function missingReason(dataset: DatasetSummary): string | null {
  const { requestedCosine, closedForm } = dataset.relatedness;
  if (!requestedCosine)
    return 'This table was read, not generated: it has no requested cosine and no closed form.';
  if (!closedForm)
    return 'There is no closed form for these labels, so only the cosine and the realised correlation are shown.';
  return null;
}
