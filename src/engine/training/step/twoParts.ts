// A step whose middle is computed in JavaScript from numbers that are read back: what it keeps between its two parts.
import * as tf from '@tensorflow/tfjs-core';
import type { StepTensors } from '../tensorBatch.ts';
import type { StepInTwo } from './combination.ts';
import type { StepGradients } from './taskPass.ts';

/** @typeParam Held - what the first part leaves for the second, which disposes it */
interface Work<Held> {
  /** Disposes what a first part has left, where no second part follows. */
  drop(held: Held): void;
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
export function twoParts<Held>(size: number, { first, between, second, drop }: Work<Held>): TwoParts {
  let into: tf.Variable | null = null;
  let held: { value: Held } | null = null;
  /** A step that failed between its parts leaves the first. */
  const dropHeld = () => {
    const left = held;
    held = null;
    if (left) drop(left.value);
  };
  return {
    inTwo() {
      into ??= tf.tidy(() => tf.variable(tf.ones([size]), false));
      const made = into as tf.Tensor as tf.Tensor1D;
      return {
        first(batch, step) {
          dropHeld();
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
      dropHeld();
      into?.dispose();
      into = null;
    },
  };
}
