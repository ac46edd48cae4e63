// Typed settings: `defineParams` keeps the specs' literal types, `SettingsOf` derives keys and value types from them, and
// `settingsOf` converts checked values to that type. No interface is written beside a spec.
import { WorkbenchError } from '../core/errors.ts';
import { describeParam, type ParamSpec, type Params, type TargetChoice } from './params.ts';

type Word<Spec> = Spec extends { options: readonly { value: infer Value }[] } ? Value : never;

/** The type of a setting's value. */
export type ValueOf<Spec> = Spec extends { kind: 'number' }
  ? number
  : Spec extends { kind: 'choice' }
    ? Word<Spec>
    : Spec extends { kind: 'switch' }
      ? boolean
      : Spec extends { kind: 'numbers' }
        ? number[]
        : Spec extends { kind: 'words' }
          ? Word<Spec>[]
          : Spec extends { kind: 'matrix' }
            ? number[][]
            : Spec extends { kind: 'text' }
              ? string
              : Spec extends { kind: 'targets' }
                ? TargetChoice[]
                : never;

/** The settings that a list of specs describes. */
export type SettingsOf<Specs extends readonly ParamSpec[]> = {
  [Spec in Specs[number] as Spec['key']]: ValueOf<Spec>;
};

/** A spec with a known key, for functions that create specs: settings that contain it stay typed. */
export type Keyed<Spec extends ParamSpec, Key extends string> = Spec & { key: Key };

/** A list of specs that keeps its literal types: the keys, and the words of choices. */
export const defineParams = <const Specs extends readonly ParamSpec[]>(specs: Specs): Specs => specs;

/**
 * Typed settings from values that were checked (`parseParams`) or are the defaults (`defaultsOf`). Keys of other specs are left
 * out.
 * @throws WorkbenchError if a key has no value
 */
export function settingsOf<Specs extends readonly ParamSpec[]>(
  specs: Specs,
  values: Params,
): SettingsOf<Specs> {
  const settings: Params = {};
  for (const spec of specs) {
    const value = values[spec.key];
    if (value === undefined) {
      throw WorkbenchError.of('config', {
        path: spec.key,
        expected: describeParam(spec),
        got: 'nothing',
        remedy: 'Parse the settings before they are used: a missing one gets its default.',
      });
    }
    settings[spec.key] = value;
  }
  return settings as SettingsOf<Specs>;
}
