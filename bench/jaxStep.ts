// The same training step in jax-js: losses, gradients and AdamW in one jitted function, from the same initial values.
import { defaultDevice, getWebGPUDevice, init, jit, numpy as np, valueAndGrad } from '@jax-js/jax';
import { updateRule } from '../src/engine/training/optimizer.ts';
import type { JaxModel, JaxParameters } from './jaxModels.ts';
import { initialValues, paramsOf, type StepCase, training } from './stepCase.ts';

export interface JaxStep {
  /** Starts a step. */
  launch(): Promise<void>;
  /** @returns the loss of the last step */
  finish(): Promise<number>;
  dispose(): void;
}

/** The state of a step: values and the two moments. */
type State = [JaxParameters, JaxParameters, JaxParameters];

const each = (values: JaxParameters, f: (value: np.Array, name: string) => np.Array): JaxParameters =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, f(value, name)]));

/** Decoupled weight decay (Loshchilov and Hutter 2019); `corrections` is [1 - beta1^t, 1 - beta2^t]. */
function adamw([values, firsts, seconds]: State, gradients: JaxParameters, corrections: np.Array): State {
  const { beta1, beta2, epsilon, weightDecay } = updateRule(training);
  const { learningRate } = training;
  const first = each(firsts, (m, name) => m.mul(beta1).add((gradients[name] as np.Array).ref.mul(1 - beta1)));
  const second = each(seconds, (v, name) =>
    v.mul(beta2).add(np.square(gradients[name] as np.Array).mul(1 - beta2)),
  );
  const [correction1, correction2] = np.split(corrections, 2);
  const moved = each(values, (value, name) => {
    const scale = np.sqrt((second[name] as np.Array).ref.div(correction2.ref)).add(epsilon);
    const change = (first[name] as np.Array).ref.div(correction1.ref).div(scale);
    return value.mul(1 - learningRate * weightDecay).sub(change.mul(learningRate));
  });
  correction1.dispose();
  correction2.dispose();
  return [moved, first, second];
}

/** jax-js uses iterator methods that Node has from version 22 on. */
function provideIteratorMethods(): void {
  const iterators = Object.getPrototypeOf(Object.getPrototypeOf([].values())) as object;
  if ('map' in iterators) return;
  const methods = {
    *map<T, U>(this: Iterable<T>, f: (item: T) => U) {
      for (const item of this) yield f(item);
    },
    *filter<T>(this: Iterable<T>, keep: (item: T) => boolean) {
      for (const item of this) if (keep(item)) yield item;
    },
  };
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(iterators, name, { value, configurable: true, writable: true });
}

/** Device errors: a refused dispatch computes nothing, which would look fast. */
const faults: string[] = [];

/** Without worker threads, which jax-js starts if memory can be shared: the bench's page shares none. */
export async function startJax(backend: 'webgpu' | 'wasm'): Promise<void> {
  provideIteratorMethods();
  const started = await init(backend);
  if (!started.includes(backend)) throw new Error(`jax-js did not start on ${backend}`);
  defaultDevice(backend);
  if (backend === 'webgpu')
    getWebGPUDevice().addEventListener('uncapturederror', (event) => faults.push(event.error.message));
}

/** @param stepCase - its initial values and batch are used */
export async function jaxStep(model: JaxModel, stepCase: StepCase): Promise<JaxStep> {
  const settings = paramsOf(stepCase);
  const values: JaxParameters = {};
  for (const { name, shape, data } of await initialValues(stepCase))
    values[name] = np.array(data as Float32Array<ArrayBuffer>).reshape(shape);
  const { 'batch.numeric': inputs, 'batch.targets': labels, ...initial } = values;
  const zeros = () => each(initial, (value) => np.zeros(value.shape));
  let state: State = [initial, zeros(), zeros()];

  const loss = (current: JaxParameters, x: np.Array, y: np.Array) => {
    const errors = np.square(model(current, x, settings).sub(y.transpose()));
    return np.sum(np.mean(errors, 0));
  };
  const run = jit((moving: State, corrections: np.Array, x: np.Array, y: np.Array) => {
    const [current, first, second] = moving;
    const [value, gradients] = valueAndGrad(loss)(
      each(current, (v) => v.ref),
      x,
      y,
    );
    return { value, state: adamw([current, first, second], gradients as JaxParameters, corrections) };
  });
  const { beta1, beta2 } = updateRule(training);
  let t = 0;
  let last: np.Array | null = null;
  return {
    async launch() {
      t++;
      const corrections = np.array(new Float32Array([1 - beta1 ** t, 1 - beta2 ** t]));
      const { value, state: next } = run(state, corrections, inputs.ref, labels.ref);
      state = next as State;
      last?.dispose();
      last = value;
    },
    async finish() {
      const [value] = (await last?.data()) ?? [Number.NaN];
      last = null;
      if (faults.length > 0) throw new Error(`the device refused work of jax-js: ${faults.join(' ')}`);
      return value as number;
    },
    dispose() {
      last?.dispose();
      for (const tree of state) for (const value of Object.values(tree)) value.dispose();
      inputs.dispose();
      labels.dispose();
    },
  };
}
