// A ParamSpec is the single source of truth about a setting: it draws the control, validates the value, and gives the
// command-line flag, the URL key, the default and the JSON Schema. No DOM, no tfjs: the page imports it.
import { clip, type Issue, issuesOf } from '../core/errors.ts';
import { jsonText } from '../core/jsonText.ts';
import { formatTypedName, parseTypedNames } from './names.ts';

/** A table column chosen as target. With `type` `auto` the reader decides from the values. */
export interface TargetChoice {
  column: string;
  type: 'auto' | 'regression' | 'binary' | 'multiclass';
  /**
   * Binary tasks: the positive class for AUROC and F1; default: 1, true or yes, else the rarer one. For numeric columns a
   * comparison such as `>4000`, which defines the classes.
   */
  positive?: string;
}

export type ParamValue = number | string | boolean | number[] | string[] | number[][] | TargetChoice[];
export type Params = Record<string, ParamValue>;

interface ParamBase {
  key: string;
  label: string;
  /** One or two sentences for the tooltip: what it does, and the effect of larger values. */
  help: string;
  /** Paper and equation, or the convention followed. */
  source?: string;
  /** Show the control only if another parameter of the same group has one of these values. */
  visibleWhen?: { key: string; oneOf: readonly ParamValue[] };
  /** Folded under "More" by default. */
  advanced?: boolean;
}

export interface NumberParam extends ParamBase {
  kind: 'number';
  integer: boolean;
  min: number;
  max: number;
  step: number;
  default: number;
  scale?: 'linear' | 'log';
  /** `box`: without a slider. */
  control?: 'slider' | 'box';
  unit?: string;
}
export interface ChoiceParam extends ParamBase {
  kind: 'choice';
  options: readonly { value: string; label: string; help?: string }[];
  default: string;
  control?: 'select' | 'segmented';
}
export interface SwitchParam extends ParamBase {
  kind: 'switch';
  default: boolean;
  /** Text beside the switch. */
  caption?: string;
}
/** A list of numbers; `cycle` lists are repeated to the needed length (degrees of tasks). */
export interface NumberListParam extends ParamBase {
  kind: 'numbers';
  integer: boolean;
  min: number;
  max: number;
  minLength: number;
  maxLength: number;
  default: readonly number[];
  cycle?: boolean;
  /** What an empty list is called; "none" when left out. */
  empty?: string;
}
/** A list of words from a set, repeated like `numbers`. */
export interface WordListParam extends ParamBase {
  kind: 'words';
  options: readonly { value: string; label: string }[];
  minLength: number;
  maxLength: number;
  default: readonly string[];
  cycle?: boolean;
}
/** A square symmetric matrix; the empty matrix means "not given". */
export interface MatrixParam extends ParamBase {
  kind: 'matrix';
  min: number;
  max: number;
  default: readonly (readonly number[])[];
}
export interface TextParam extends ParamBase {
  kind: 'text';
  maxLength: number;
  default: string;
  /** How links shorten the value. */
  packing?: 'mask';
}
export interface TargetsParam extends ParamBase {
  kind: 'targets';
  default: readonly TargetChoice[];
}

export type ParamSpec =
  | NumberParam
  | ChoiceParam
  | SwitchParam
  | NumberListParam
  | WordListParam
  | MatrixParam
  | TextParam
  | TargetsParam;

/** Only lists need one: a link is compared with every preset, which copies thousands of values. */
const copyOf = (value: unknown): unknown => (typeof value === 'object' ? structuredClone(value) : value);

/** A copy of the setting's default. */
export const defaultOf = (spec: ParamSpec): ParamValue => copyOf(spec.default) as ParamValue;

/** The defaults of a group of specs. */
export function defaultsOf(specs: readonly ParamSpec[]): Params {
  return Object.fromEntries(specs.map((spec) => [spec.key, defaultOf(spec)]));
}

/** Whether the control of `spec` is shown for these values. */
export function isVisible(spec: ParamSpec, values: Params): boolean {
  const rule = spec.visibleWhen;
  return !rule || rule.oneOf.some((value) => value === values[rule.key]);
}

/** Values are small JSON; equality by their text is exact and cheap enough. */
export function sameValue(
  a: ParamValue | ParamSpec['default'] | undefined,
  b: ParamValue | ParamSpec['default'] | undefined,
): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const TARGET_TYPES: readonly string[] = ['auto', 'regression', 'binary', 'multiclass'];
const TARGET_KEYS: readonly string[] = ['column', 'type', 'positive'];
/** Types that may be followed by a positive class. */
const TYPES_WITH_CLASS = ['auto', 'binary'];

/** Formats targets as a list. */
export const formatTargets = (targets: readonly TargetChoice[]): string =>
  targets.map(({ column, type, positive }) => formatTypedName(column, type, positive)).join(',');

/**
 * Parses a list of targets such as `species:multiclass,"yield, kg",kind:binary:fraud`; types are checked with the targets, not
 * here.
 * @param plainName - maps an unquoted name in the list to a column name
 * @returns null if the quotes do not match
 */
export function parseTargets(text: string, plainName = (name: string) => name): TargetChoice[] | null {
  const names = parseTypedNames(text, TARGET_TYPES, TYPES_WITH_CLASS);
  return (
    names?.map(({ name, type, value, isQuoted }) => ({
      column: isQuoted ? name : plainName(name),
      type: (type ?? 'auto') as TargetChoice['type'],
      ...(value === undefined ? {} : { positive: value }),
    })) ?? null
  );
}

/** The allowed values in words, for messages and help. */
export function describeParam(spec: ParamSpec): string {
  switch (spec.kind) {
    case 'number':
      return `${spec.integer ? 'an integer' : 'a number'} from ${spec.min} to ${spec.max}`;
    case 'choice':
      return `one of ${spec.options.map((o) => o.value).join(', ')}`;
    case 'switch':
      return 'true or false';
    case 'numbers':
      return `a list of ${spec.minLength} to ${spec.maxLength} ${spec.integer ? 'integers' : 'numbers'} from ${spec.min} to ${spec.max}`;
    case 'words':
      return `a list of ${spec.minLength} to ${spec.maxLength} of ${spec.options.map((o) => o.value).join(', ')}`;
    case 'matrix':
      return `a square symmetric matrix with entries from ${spec.min} to ${spec.max}, or an empty list`;
    case 'text':
      return `text of at most ${spec.maxLength} characters`;
    case 'targets':
      return `a list of {column, type, positive}, type one of ${TARGET_TYPES.join(', ')}; positive, of binary tasks only, names a class and may be left out; of numbers it is a threshold such as >4000`;
    default:
      return spec satisfies never;
  }
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = jsonText(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function isNumberIn(value: unknown, spec: { integer?: boolean; min: number; max: number }): boolean {
  return (
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= spec.min &&
    value <= spec.max &&
    (!spec.integer || Number.isInteger(value))
  );
}

function isValid(spec: ParamSpec, value: unknown): boolean {
  switch (spec.kind) {
    case 'number':
      return isNumberIn(value, spec);
    case 'choice':
      return spec.options.some((o) => o.value === value);
    case 'switch':
      return typeof value === 'boolean';
    case 'text':
      return typeof value === 'string' && value.length <= spec.maxLength;
    case 'numbers':
      return (
        Array.isArray(value) &&
        value.length >= spec.minLength &&
        value.length <= spec.maxLength &&
        value.every((v) => isNumberIn(v, spec))
      );
    case 'words':
      return (
        Array.isArray(value) &&
        value.length >= spec.minLength &&
        value.length <= spec.maxLength &&
        value.every((v) => spec.options.some((o) => o.value === v))
      );
    case 'matrix':
      return (
        Array.isArray(value) &&
        value.every(
          (row, i) =>
            Array.isArray(row) &&
            row.length === value.length &&
            row.every((v, j) => isNumberIn(v, spec) && v === value[j]?.[i]),
        )
      );
    case 'targets':
      return (
        Array.isArray(value) &&
        value.every(
          (t) =>
            typeof t === 'object' &&
            t !== null &&
            Object.keys(t).every((key) => TARGET_KEYS.includes(key)) &&
            typeof t.column === 'string' &&
            TARGET_TYPES.includes(t.type) &&
            (t.positive === undefined || typeof t.positive === 'string'),
        )
      );
    default:
      return spec satisfies never;
  }
}

/**
 * Checks one group of settings. Missing keys take their defaults; unknown keys are refused.
 * @param path - of the group in the experiment, e.g. `model.params`
 */
export function parseParams(
  specs: readonly ParamSpec[],
  input: unknown,
  path: string,
): { params: Params; issues: Issue[] } {
  const params = defaultsOf(specs);
  const issues: Issue[] = [];
  if (input === undefined) return { params, issues };
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    issues.push({ path, expected: 'an object', got: show(input), remedy: 'Write {"key": value, ...}.' });
    return { params, issues };
  }
  const unknown: string[] = [];
  const known = new Map(specs.map((spec) => [spec.key, spec]));
  for (const key of Object.keys(input)) {
    const spec = known.get(key);
    const value: unknown = (input as Record<string, unknown>)[key];
    if (!spec) {
      unknown.push(key);
    } else if (isValid(spec, value)) {
      params[key] = copyOf(value) as ParamValue;
    } else {
      issues.push({
        path: `${path}.${key}`,
        expected: describeParam(spec),
        got: show(value),
        remedy: `Give ${spec.label.toLowerCase()} a value in that range; the default is ${show(spec.default)}.`,
      });
    }
  }
  const ofUnknown = issuesOf(unknown, (key) => ({
    path: `${path}.${clip(key)}`,
    expected: `one of the keys ${[...known.keys()].join(', ')}`,
    got: clip(JSON.stringify(key)),
    remedy: 'Remove this key or correct its name.',
  }));
  return { params, issues: [...issues, ...ofUnknown] };
}

/** The value at position `i` of a list that is repeated as often as needed. */
export function cycled<T>(values: readonly T[], i: number): T {
  return values[i % values.length] as T;
}

/** The JSON Schema of one group of settings. */
export function paramsJsonSchema(specs: readonly ParamSpec[]) {
  const numberSchema = (s: { integer: boolean; min: number; max: number }) => ({
    type: s.integer ? 'integer' : 'number',
    minimum: s.min,
    maximum: s.max,
  });
  const one = (spec: ParamSpec): Record<string, unknown> => {
    switch (spec.kind) {
      case 'number':
        return numberSchema(spec);
      case 'choice':
        return { enum: spec.options.map((o) => o.value) };
      case 'switch':
        return { type: 'boolean' };
      case 'text':
        return { type: 'string', maxLength: spec.maxLength };
      case 'numbers':
        return {
          type: 'array',
          items: numberSchema(spec),
          minItems: spec.minLength,
          maxItems: spec.maxLength,
        };
      case 'words':
        return {
          type: 'array',
          items: { enum: spec.options.map((o) => o.value) },
          minItems: spec.minLength,
          maxItems: spec.maxLength,
        };
      case 'matrix':
        return {
          type: 'array',
          items: { type: 'array', items: { type: 'number', minimum: spec.min, maximum: spec.max } },
        };
      case 'targets':
        return {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              column: { type: 'string' },
              type: { enum: TARGET_TYPES },
              positive: { type: 'string' },
            },
            required: ['column', 'type'],
            additionalProperties: false,
          },
        };
      default:
        return spec satisfies never;
    }
  };
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      specs.map((s) => [s.key, { ...one(s), title: s.label, description: s.help, default: s.default }]),
    ),
  };
}
