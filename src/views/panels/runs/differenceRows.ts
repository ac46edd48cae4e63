// Differences of groups of runs to one of them, figure by figure, on the seeds that both have; as rows and as CSV.
import { toCsv } from '../../charts/csv.ts';
import { compared, type Figure, type Group, sizeRatio } from './compare.ts';

export interface DifferenceRow {
  group: Group;
  figure: Figure;
  /** Parameters of its networks by those of the base. */
  ratio: number;
  test: ReturnType<typeof compared>;
}

/** Every other group by figure; without tasks that only one of them has, and groups without a seed in common. */
export const differenceRows = (
  groups: readonly Group[],
  base: Group,
  figures: readonly Figure[],
): DifferenceRow[] =>
  groups
    .filter(({ id }) => id !== base.id)
    .flatMap((group) => {
      const ratio = sizeRatio(group, base);
      return figures.map((figure) => ({ group, figure, ratio, test: compared(group, base, figure) }));
    })
    .filter(({ test }) => test.n > 0);

export const differencesCsv = (groups: readonly Group[], base: Group, figures: readonly Figure[]): string =>
  toCsv(
    [
      'group',
      'against',
      'figure',
      'parameters_ratio',
      'seeds_in_common',
      'difference',
      'p_paired_t',
      'p_wilcoxon',
    ],
    differenceRows(groups, base, figures).map(({ group, figure, ratio, test }) => [
      group.label,
      base.label,
      figure.label,
      ratio,
      test.n,
      test.difference,
      test.pStudent,
      test.n > 1 ? test.pWilcoxon : null,
    ]),
  );
