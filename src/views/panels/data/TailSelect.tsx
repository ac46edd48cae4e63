// The transformation for the long tail of a numeric feature: one of three settings, each a list of columns.
import { useStore } from '../../../store/store.ts';
import classes from './data.module.css';
import { TAIL_KEYS, TAILS, type Tails, tailOf, withTail } from './overrule.ts';

export function TailSelect({ name }: { name: string }) {
  const params = useStore((s) => s.experiment?.data.params);
  const setValue = useStore((s) => s.setValue);
  const listOf = (key: keyof Tails) => String(params?.[key] ?? '');
  const tails: Tails = { logScale: listOf('logScale'), clip: listOf('clip'), quantile: listOf('quantile') };
  const choose = (next: string) => {
    const changed = withTail(tails, name, next);
    if (changed)
      for (const key of TAIL_KEYS) if (changed[key] !== tails[key]) setValue(`data.${key}`, changed[key]);
  };
  return (
    <select
      className={classes.select}
      aria-label={`Long tail of ${name}`}
      value={tailOf(tails, name)}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">as it is</option>
      {TAIL_KEYS.map((key) => (
        <option key={key} value={key}>
          {TAILS[key]}
        </option>
      ))}
    </select>
  );
}
