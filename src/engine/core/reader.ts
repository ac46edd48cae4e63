// Readers of untrusted plain data: each returns the value it describes, or refuses it with path, expectation and value.
// Composed, they form the schema of a request, and its type is inferred from them.
import { WorkbenchError } from './errors.ts';
import { jsonText } from './jsonText.ts';

/** @throws WorkbenchError (config) if the value does not match */
export type Reader<T> = (value: unknown, path: string) => T;

/** The type that a reader returns. */
export type ReadBy<R> = R extends Reader<infer T> ? T : never;

type Fields = Record<string, Reader<unknown>>;
type OptionalKey<F extends Fields> = {
  [K in keyof F]: undefined extends ReadBy<F[K]> ? K : never;
}[keyof F];
type ObjectOf<F extends Fields> = { [K in Exclude<keyof F, OptionalKey<F>>]: ReadBy<F[K]> } & {
  [K in OptionalKey<F>]?: ReadBy<F[K]>;
};

function refuse(path: string, expected: string, value: unknown): never {
  const got = jsonText(value);
  throw WorkbenchError.of('config', { path, expected, got, remedy: 'Correct the request.' });
}

export const finite: Reader<number> = (value, path) =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(path, 'a finite number', value);

export const integer: Reader<number> = (value, path) =>
  Number.isInteger(value) ? (value as number) : refuse(path, 'a whole number', value);

export const text: Reader<string> = (value, path) =>
  typeof value === 'string' ? value : refuse(path, 'text', value);

export const oneOf =
  <const T extends string | number>(values: readonly T[]): Reader<T> =>
  (value, path) =>
    values.find((v) => v === value) ?? refuse(path, `one of ${values.join(', ')}`, value);

/** Any value for which `holds` is true. */
export const matching =
  <T>(holds: (value: unknown) => value is T, expected: string): Reader<T> =>
  (value, path) =>
    holds(value) ? value : refuse(path, expected, value);

export const optional =
  <T>(reader: Reader<T>): Reader<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : reader(value, path);

export const list =
  <T>(reader: Reader<T>): Reader<T[]> =>
  (value, path) =>
    Array.isArray(value)
      ? value.map((item, i) => reader(item, `${path}[${i}]`))
      : refuse(path, 'a list', value);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Plain JSON with keys unknown to the reader: settings of an architecture. */
export const record: Reader<Record<string, unknown>> = (value, path) =>
  isObject(value) ? value : refuse(path, 'an object', value);

/** Keys that are not listed are dropped. */
export const object =
  <F extends Fields>(fields: F): Reader<ObjectOf<F>> =>
  (value, path) => {
    const given = record(value, path);
    const entries = Object.entries(fields)
      .map(([key, reader]) => [key, reader(given[key], `${path}.${key}`)] as const)
      .filter(([, read]) => read !== undefined);
    return Object.fromEntries(entries) as ObjectOf<F>;
  };

type Variant<K extends string, F extends Fields> = { kind: K } & ObjectOf<F>;

/** Objects distinguished by `kind`. */
export const variants =
  <V extends Record<string, Fields>>(
    kinds: V,
  ): Reader<{ [K in keyof V & string]: Variant<K, V[K]> }[keyof V & string]> =>
  (value, path) => {
    const kind = oneOf(Object.keys(kinds) as (keyof V & string)[])(record(value, path).kind, `${path}.kind`);
    return { kind, ...object(kinds[kind] as V[typeof kind])(value, path) };
  };
