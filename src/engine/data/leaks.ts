// Features that leak a target because they duplicate it: reported with the table, before training.
import { formatName } from '../config/names.ts';
import type { Note } from '../core/notes.ts';
import { copiesOf } from './copies.ts';
import type { Selection } from './tableTargets.ts';

const HOW = {
  equal: 'is a copy of',
  line: 'lies on a line with',
  renamed: 'says the same, under other names, as',
} as const;
/** With more pairs than this, none is compared. */
const MAX_PAIRS = 4000;

export function leakNotes({ features, targets }: Pick<Selection, 'features' | 'targets'>): Note[] {
  if (features.length * targets.length > MAX_PAIRS) return [];
  return targets.flatMap(({ column: target }) =>
    features.flatMap((feature) => {
      const how = copiesOf(feature, target);
      if (!how) return [];
      const text = `Feature ${feature.name} ${HOW[how]} the target ${target.name}, and gives it away. Leave it out with data.ignore=${formatName(feature.name)}, unless it is known when the target is to be predicted.`;
      return [{ code: 'feature-gives-target-away', column: feature.name, text }];
    }),
  );
}
