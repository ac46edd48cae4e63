// The transformation for the long tail of a numeric feature: one of three settings, each a list of columns.
import { formatNames, parseNames } from '../../../engine/config/names.ts';
import { useStore } from '../../../store/store.ts';
import classes from './data.module.css';

const TAILS = { logScale: 'log scale', clip: 'clipped at 1 and 99 %', quantile: 'normal scores' } as const;
type Tail = keyof typeof TAILS;
const KEYS = Object.keys(TAILS) as Tail[];

export function TailSelect({ name }: { name: string }) {
  const params = useStore((s) => s.experiment?.data.params);
  const setValue = useStore((s) => s.setValue);
  const listOf = (key: Tail) => parseNames(String(params?.[key] ?? '')) ?? [];
  const chosen = KEYS.find((key) => listOf(key).includes(name)) ?? '';
  const choose = (next: string) => {
    for (const key of KEYS) {
      const others = listOf(key).filter((other) => other !== name);
      const list = formatNames(key === next ? [...others, name] : others).replaceAll(', ', ',');
      if (list !== String(params?.[key] ?? '')) setValue(`data.${key}`, list);
    }
  };
  return (
    <select
      className={classes.select}
      aria-label={`Long tail of ${name}`}
      value={chosen}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">as it is</option>
      {KEYS.map((key) => (
        <option key={key} value={key}>
          {TAILS[key]}
        </option>
      ))}
    </select>
  );
}
