// Creates and lists the variables of a model. Layers request tensors by their `state_dict` names; initial values are drawn per
// tensor from its own random stream, so adding a layer never changes the values of another.
import { type Tensor, tensor, type Variable, variable } from '@tensorflow/tfjs-core';
import { type Rng, rng } from '../core/rng.ts';
import type { Parameter, ParameterPart } from './parameter.ts';

/** Fills one part; `fanIn` and `fanOut` follow from the part's own shape ([out, in] for Linear weights). */
export type Initialiser = (values: Float32Array, shape: readonly number[], random: Rng) => void;

const fans = (shape: readonly number[]) => {
  const fanOut = shape[0] ?? 1;
  return { fanIn: shape.length > 1 ? (shape[1] ?? 1) : fanOut, fanOut };
};

export const constant =
  (value: number): Initialiser =>
  (values) => {
    values.fill(value);
  };

export const zeros = constant(0);
export const ones = constant(1);

export const normal =
  (std: number): Initialiser =>
  (values, _shape, random) => {
    for (let i = 0; i < values.length; i++) values[i] = std * random.normal();
  };

export const uniform =
  (bound: number): Initialiser =>
  (values, _shape, random) => {
    for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random.uniform() - 1);
  };

/** Uniform in ±gain·sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010, Eq. 16). */
export const glorotUniform =
  (gain = 1): Initialiser =>
  (values, shape, random) => {
    const { fanIn, fanOut } = fans(shape);
    uniform(gain * Math.sqrt(6 / (fanIn + fanOut)))(values, shape, random);
  };

/** Uniform in ±1/sqrt(fanIn). */
export const fanInUniform: Initialiser = (values, shape, random) => {
  uniform(1 / Math.sqrt(fans(shape).fanIn))(values, shape, random);
};

export interface PartSpec {
  name: string;
  shape: readonly number[];
  init: Initialiser;
  /** The only task that uses it; default: the task of the whole variable. */
  task?: number | null;
}

/** The variables of one model, in the order of creation. */
export class ParameterSet {
  readonly parameters: Parameter[] = [];
  readonly buffers: Parameter[] = [];
  readonly frozen = new Map<string, Float32Array>();
  private readonly seed: number;
  private readonly countOnly: boolean;

  /** @param countOnly - list the parameters without creating them; the variables are empty */
  constructor(seed: number, countOnly = false) {
    this.seed = seed;
    this.countOnly = countOnly;
  }

  /** One trainable tensor under its own name. */
  add(name: string, shape: readonly number[], init: Initialiser, task: number | null = null): Variable {
    return this.pack(name, shape, [{ name, shape, init }], task);
  }

  /**
   * Several tensors of the public code concatenated in one variable.
   * @param shape - of the variable; its size is the sum of the parts' sizes
   */
  pack(
    name: string,
    shape: readonly number[],
    specs: readonly PartSpec[],
    task: number | null = null,
  ): Variable {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = new Float32Array(this.countOnly ? 0 : size);
    const parts: ParameterPart[] = [];
    let start = 0;
    for (const { name: partName, shape: partShape, init, task: partTask = task } of specs) {
      const partSize = partShape.reduce((a, b) => a * b, 1);
      if (!this.countOnly)
        init(values.subarray(start, start + partSize), partShape, rng(this.seed, `init/${partName}`));
      parts.push({ name: partName, shape: partShape, start, size: partSize, task: partTask });
      start += partSize;
    }
    if (start !== size) throw new Error(`${name}: parts hold ${start} values, the variable ${size}`);
    const created = this.createVariable(values, shape, true);
    this.parameters.push({ name, variable: created, parts });
    return created;
  }

  /** Tensors that are stored but not trained, concatenated in one variable. */
  packBuffer(
    name: string,
    shape: readonly number[],
    value: number,
    specs: readonly Omit<PartSpec, 'init'>[],
  ): Variable {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = new Float32Array(this.countOnly ? 0 : size).fill(value);
    const created = this.createVariable(values, shape, false);
    const parts: ParameterPart[] = [];
    let start = 0;
    for (const { name: partName, shape: partShape, task = null } of specs) {
      const partSize = partShape.reduce((a, b) => a * b, 1);
      parts.push({ name: partName, shape: partShape, start, size: partSize, task });
      start += partSize;
    }
    this.buffers.push({ name, variable: created, parts });
    return created;
  }

  dispose(): void {
    for (const { variable: v } of this.parameters) v.dispose();
    for (const { variable: v } of this.buffers) v.dispose();
  }

  private createVariable(values: Float32Array, shape: readonly number[], trainable: boolean): Variable {
    const initial: Tensor = tensor(values, this.countOnly ? [0] : [...shape], 'float32');
    const created = variable(initial, trainable);
    initial.dispose();
    return created;
  }
}
