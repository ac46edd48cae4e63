// The tests of the kernels, written once and run on every backend. They compare with float64, with finite differences of
// float64 and with a reference of plain operations, and check what stays in memory. What is tried is declared beside each
// operation.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BackendName, runtimeOf, setKernelMode } from '../runtime/backendRuntime.ts';
import type { NamedKernel } from '../runtime/kernel.ts';
import { largest, type Matrix, probe, relativeError, toTensor, valuesOf } from './matrix.ts';
import type { KernelCase } from './opTests.ts';
import { opTests } from './registry.ts';

export interface SuiteOptions {
  /** Name of the suite; the backend's name when left out. */
  label?: string;
  /** Starts the backend and installs its native kernels. */
  start(): Promise<void>;
  /** The operations to try; all when left out. */
  only?: readonly string[];
  /** Leave out cases that take long on a software adapter. */
  smallOnly: boolean;
  /** The largest difference from float64 that is allowed, relative to the largest value of the tensor. */
  forwardTolerance: number;
  gradientTolerance: number;
  /**
   * Errors that the device reported by itself. Without them, the zeros of a dispatch that the device dropped could pass as
   * results.
   */
  deviceErrors?: string[];
}

async function gradientsOf({ inputs, differentiable, run }: KernelCase): Promise<Float32Array[]> {
  const tensors = inputs.map(toTensor);
  const fixed = tensors.slice(differentiable);
  const objective = (...variables: tf.Tensor[]): tf.Tensor => {
    const out = run([...variables, ...fixed]);
    return tf.sum(tf.mul(out, tf.tensor(Float32Array.from(probe(out.size)), out.shape)));
  };
  const gradients = tf.tidy(() => tf.grads(objective)(tensors.slice(0, differentiable)));
  const values = await Promise.all(gradients.map((g) => g.data<'float32'>()));
  tf.dispose([tensors, gradients]);
  return values;
}

/** Central differences of the float64 computation at some entries of an input, as pairs [index, derivative]. */
function finiteDifferences({ inputs, exact, small }: KernelCase, input: number): [number, number][] {
  const { data } = inputs[input] as Matrix;
  const objective = () => {
    const out = exact(inputs);
    const weights = probe(out.length);
    return out.reduce((sum, value, i) => sum + value * (weights[i] as number), 0);
  };
  const count = small ? 8 : 3;
  const stride = Math.max(1, Math.floor(data.length / count));
  const result: [number, number][] = [];
  for (let i = 0; i < data.length && result.length < count; i += stride) {
    const held = data[i] as number;
    const h = 1e-5 * Math.max(1, Math.abs(held));
    data[i] = held + h;
    const above = objective();
    data[i] = held - h;
    const below = objective();
    data[i] = held;
    result.push([i, (above - below) / (2 * h)]);
  }
  return result;
}

const nativesOf = (backend: BackendName): readonly NamedKernel[] =>
  backend === 'cpu' ? [] : Object.values(opTests).flatMap(({ natives }) => natives[backend] ?? []);

/** Central differences of each case and input; they are the same for every backend. */
const differences = new WeakMap<KernelCase, [number, number][][]>();
function differencesOf(kernelCase: KernelCase, input: number): [number, number][] {
  const known = differences.get(kernelCase) ?? [];
  differences.set(kernelCase, known);
  known[input] ??= finiteDifferences(kernelCase, input);
  return known[input];
}

/** Gradients of the plain operations, which a backend has whether or not it has fast versions. */
const references = new WeakMap<KernelCase, Map<BackendName, Float32Array[]>>();
async function referenceOf(kernelCase: KernelCase, backend: BackendName): Promise<Float32Array[]> {
  const known = references.get(kernelCase) ?? new Map<BackendName, Float32Array[]>();
  references.set(kernelCase, known);
  const found = known.get(backend);
  if (found) return found;
  setKernelMode('reference');
  const gradients = await gradientsOf(kernelCase);
  known.set(backend, gradients);
  return gradients;
}

export function kernelSuite(backend: BackendName, options: SuiteOptions): void {
  const { start, smallOnly, forwardTolerance, gradientTolerance, deviceErrors = [], only } = options;
  const natives = nativesOf(backend);
  const context = {
    forwardTolerance,
    gradientTolerance,
    isNative: (kernel: NamedKernel) => natives.includes(kernel),
  };
  describe(`kernels on ${options.label ?? backend}`, () => {
    let tensors = 0;
    beforeAll(async () => {
      await start();
      expect(tf.getBackend()).toBe(backend);
    });
    beforeEach(() => {
      tensors = tf.memory().numTensors;
    });
    afterEach(() => {
      setKernelMode('native');
      expect(deviceErrors).toEqual([]);
      expect(tf.memory().numTensors).toBe(tensors);
    });

    it('has its fast versions', () => {
      const names = (kernels: readonly NamedKernel[]) => kernels.map((k) => k.name).sort();
      expect(names(runtimeOf(backend).natives.kernels)).toEqual(names(natives));
    });

    describe.each(Object.entries(opTests).filter(([op]) => only?.includes(op) ?? true))(
      '%s',
      (_op, { cases, tests }) => {
        describe.each(cases.filter((c) => c.small || !smallOnly))('$name', (kernelCase) => {
          it('computes what float64 computes', async () => {
            const inputs = kernelCase.inputs.map(toTensor);
            const got = await valuesOf(() => kernelCase.run(inputs));
            tf.dispose(inputs);
            const expected = kernelCase.exact(kernelCase.inputs);
            expect(largest(expected)).toBeGreaterThan(0);
            expect(relativeError(got, expected)).toBeLessThan(forwardTolerance);
          });

          it('has the gradient of finite differences and of the reference', async () => {
            const native = await gradientsOf(kernelCase);
            const reference = await referenceOf(kernelCase, backend);
            // Where the true gradient is 0, rounding errors are measured relative to the gradients beside it.
            const scale = Math.max(...reference.map(largest));
            expect(scale).toBeGreaterThan(0);
            for (const [input, gradient] of native.entries()) {
              const own = Math.max(largest(reference[input] as Float32Array), 1e-3 * scale);
              const difference = gradient.map((g, i) => g - (reference[input]?.[i] as number));
              expect(largest(difference) / own).toBeLessThan(gradientTolerance);
              for (const [i, derivative] of differencesOf(kernelCase, input)) {
                expect(Math.abs((gradient[i] as number) - derivative) / own).toBeLessThan(gradientTolerance);
              }
            }
          });
        });

        tests?.(context);
      },
    );
  });
}
