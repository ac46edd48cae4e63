// Settings with the types that their specs give them: `defineParams` keeps the specs' literal types, `SettingsOf` reads the
// keys and values out of them, and `settingsOf` turns checked values into that type. No interface is written beside a spec.
import { WorkbenchError } from '../core/errors.ts';
import { describeParam, type ParamSpec, type Params, type TargetChoice } from './params.ts';

type Word<Spec> = Spec extends { options: readonly { value: infer Value }[] } ? Value : never;

/** What a setting holds. */
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

/** A spec under a known key, for what makes specs: the settings they are part of stay typed. */
export type Keyed<Spec extends ParamSpec, Key extends string> = Spec & { key: Key };

/** A list of specs that keeps its literal types: the keys, and the words of choices. */
export const defineParams = <const Specs extends readonly ParamSpec[]>(specs: Specs): Specs => specs;

/**
 * The settings in values that were checked (`parseParams`) or are the defaults (`defaultsOf`). Keys of other specs are left out.
 * @throws WorkbenchError when a key has no value
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
