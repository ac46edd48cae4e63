// A step whose middle is computed in JavaScript from numbers that are read back: what it keeps between its two parts.
import * as tf from '@tensorflow/tfjs-core';
import type { StepTensors } from '../tensorBatch.ts';
import type { StepInTwo } from './combination.ts';
import type { StepGradients } from './taskPass.ts';

/** @typeParam Held - what the first part leaves for the second, which disposes it */
interface Work<Held> {
  first(batch: StepTensors, step: number): { held: Held; read: tf.Tensor };
  /** @returns as many values as `made` has */
  between(read: Float32Array, step: number): Float32Array;
  second(held: Held, made: tf.Tensor1D): StepGradients;
}

export interface TwoParts {
  inTwo(): StepInTwo;
  kept(): readonly tf.Tensor[];
  dispose(): void;
}

/** @param size - of what is made between the parts; its tensor is created when the parts are first asked for */
export function twoParts<Held>(size: number, { first, between, second }: Work<Held>): TwoParts {
  let into: tf.Variable | null = null;
  let held: { value: Held } | null = null;
  return {
    inTwo() {
      into ??= tf.tidy(() => tf.variable(tf.ones([size]), false));
      const made = into as tf.Tensor as tf.Tensor1D;
      return {
        first(batch, step) {
          const done = first(batch, step);
          held = { value: done.held };
          return done.read;
        },
        between,
        into: made,
        second() {
          if (!held) throw new Error('combiner: expected the first part of a step before the second');
          const { value } = held;
          held = null;
          return second(value, made);
        },
      };
    },
    kept: () => (into ? [into] : []),
    dispose() {
      into?.dispose();
      into = null;
    },
  };
}
