// Rare and unseen categories: what a column does with values of few training rows, or of none; for all columns alike, and for single
// ones otherwise.
import { listNames, parseTypedNames, QUOTING_HELP } from '../config/names.ts';
import type { Params, TargetChoice } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import type { ParsedTable } from './columns.ts';
import { usableColumns } from './dateParts.ts';
import { type DataSettings, dataSettings } from './tableParams.ts';

/** Values with fewer training rows become "other"; or those without one are read as the most frequent value. */
export type RareRule = { below: number } | 'frequent';

const MOST = 10_000;

/** The list of single columns; null where its quotes do not match. */
const rulesOf = ({ rare }: DataSettings) =>
  // Which types the list may have decides where a colon belongs to a name.
  parseTypedNames(rare, [
    'frequent',
    ...Array.from(rare.matchAll(/:\s*(\d+)/g), ([, count]) => count as string),
  ]);

const ruleOf = (type: string | null): RareRule | null => {
  if (type === 'frequent') return type;
  return type !== null && /^\d+$/.test(type) && Number(type) <= MOST ? { below: Number(type) } : null;
};

export function rareRule(name: string, data: DataSettings): RareRule {
  const own = rulesOf(data)?.find((item) => item.name === name);
  return (own && ruleOf(own.type)) ?? { below: data.rareBelow };
}

/** A list that cannot be read, columns in it that are no categories, and rules that are none. */
export function checkRare(table: ParsedTable, data: Params, choices: readonly TargetChoice[]): Issue[] {
  const settings = dataSettings(data);
  const refuse = (expected: string, got: string, remedy: string): Issue => ({
    path: 'data.params.rare',
    expected,
    got,
    remedy,
  });
  const rules = rulesOf(settings);
  if (!rules) return [refuse('a list with matching quotes', settings.rare, QUOTING_HELP)];
  const allowed = usableColumns(table)
    .filter(({ kind, name }) => kind === 'categorical' && !choices.some((choice) => choice.column === name))
    .map(({ name }) => name);
  return rules.flatMap(({ name, type }) => {
    if (!allowed.includes(name))
      return [
        refuse(
          `categorical features out of ${listNames(allowed) || 'none'}`,
          name,
          `Correct the name, or remove it. ${QUOTING_HELP}`,
        ),
      ];
    if (ruleOf(type)) return [];
    const got = type === null ? `${name} without one` : `${name}:${type}`;
    return [
      refuse(
        `a number up to ${MOST}, or frequent, behind each name`,
        got,
        'For example city:20,zip:frequent.',
      ),
    ];
  });
}
