// Chooses which seeds the curves of the Train tab show, in runs with several.
import { useView } from '../../../store/hooks.ts';
import type { SeedView } from '../../../store/view.ts';
import { Segmented } from '../../charts/parts/Segmented.tsx';

type Shown = Exclude<SeedView, 'auto'>;

const OPTIONS: { value: Shown; label: string }[] = [
  { value: 'mean', label: 'Mean' },
  { value: 'each', label: 'Each' },
  { value: 'newest', label: 'Newest' },
];

/** @param what - the chart: "Metric per task" */
export function SeedChoice({ what, shown, count }: { what: string; shown: Shown; count: number }) {
  const [, setView] = useView();
  if (count < 2) return null;
  return (
    <Segmented<Shown>
      label={`Seeds of ${what}`}
      value={shown}
      options={OPTIONS}
      onChange={(seeds) => setView({ seeds })}
    />
  );
}
