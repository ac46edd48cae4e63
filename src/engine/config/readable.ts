// Values of settings as the panel shows them, and the settings in which networks differ.
import { valueToText } from './codec.ts';
import { type ParamSpec, type ParamValue, sameValue } from './params.ts';

const LONGEST = 40;

/** A value as shown in the panel; long ones (masks, matrices) are truncated. */
export function readableValue(spec: ParamSpec, value: ParamValue): string {
  const option = spec.kind === 'choice' ? spec.options.find((o) => o.value === value)?.label : undefined;
  const text = option ?? valueToText(spec, value).replaceAll(',', ', ').replace(/^-/, '−');
  if (text === '') return (spec.kind === 'numbers' && spec.empty) || 'none';
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** Settings in which two networks of one architecture differ: label and value. */
export const paramsApart = (
  specs: readonly ParamSpec[],
  own: Readonly<Record<string, ParamValue>>,
  others: readonly Readonly<Record<string, ParamValue>>[],
): { spec: ParamSpec; value: ParamValue }[] =>
  specs.flatMap((spec) => {
    const value = own[spec.key] ?? spec.default;
    return others.some((other) => !sameValue(other[spec.key] ?? spec.default, value))
      ? [{ spec, value }]
      : [];
  });

/**
 * A text for the page, where settings go by their labels: "set data.split=random" becomes "set “Split: Random”".
 * @param specs - of the settings that the text names as `PREFIX.KEY`
 */
export function inLabels(text: string, prefix: string, specs: readonly ParamSpec[]): string {
  const named = new RegExp(`\\b${prefix}\\.(?:params\\.)?(\\w+)(=[\\w-]*)?`, 'g');
  return text.replace(named, (found, key: string, equals = '') => {
    const spec = specs.find((own) => own.key === key);
    if (!spec) return found;
    if (equals === '') return `“${spec.label}”`;
    const value = equals.slice(1);
    const option = spec.kind === 'choice' ? spec.options.find((own) => own.value === value) : undefined;
    return option ? `“${spec.label}: ${option.label}”` : `“${spec.label}” = ${value}`;
  });
}
