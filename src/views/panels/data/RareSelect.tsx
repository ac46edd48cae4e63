// What becomes of the rare and the unseen categories of one feature: an entry of the list of columns, or what holds for all.
import { useStore } from '../../../store/store.ts';
import classes from './data.module.css';
import { RARE_RULES, rareOf, withRare } from './rareRules.ts';

const ofAll = (below: number) =>
  below === 0 ? 'as all: each value is kept' : `as all: below ${below} training rows "other"`;

export function RareSelect({ name }: { name: string }) {
  const list = useStore((s) => String(s.experiment?.data.params.rare ?? ''));
  const below = useStore((s) => Number(s.experiment?.data.params.rareBelow ?? 0));
  const setValue = useStore((s) => s.setValue);
  const chosen = rareOf(list, name);
  return (
    <select
      className={classes.select}
      aria-label={`Rare categories of ${name}`}
      value={chosen}
      onChange={(event) => {
        const next = withRare(list, name, event.currentTarget.value);
        if (next !== null) setValue('data.rare', next);
      }}
    >
      <option value="">{ofAll(below)}</option>
      {Object.entries(RARE_RULES).map(([rule, label]) => (
        <option key={rule} value={rule}>
          {label}
        </option>
      ))}
      {chosen !== '' && !(chosen in RARE_RULES) && (
        <option value={chosen}>{`below ${chosen} training rows "other"`}</option>
      )}
    </select>
  );
}
