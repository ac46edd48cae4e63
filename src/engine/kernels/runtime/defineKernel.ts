// How a fused operation of ours becomes a tfjs kernel: one definition holds the plain-operation reference, the gradient
// and room for native versions per backend. A backend without a native version runs the reference.
import * as tf from '@tensorflow/tfjs-core';

export type Tensors = readonly tf.Tensor[];

/** A fast version for one backend; inputs and outputs as in `reference`. Null when it cannot serve these shapes. */
export type NativeKernel<A> = (inputs: Tensors, attributes: A) => tf.Tensor[] | null;

export interface KernelDef<A> {
  name: string;
  /** Plain tfjs operations, any backend. */
  reference(inputs: Tensors, attributes: A): tf.Tensor[];
  /** Which outputs the gradient reads. */
  savedOutputs?: readonly boolean[];
  /** How many outputs, at the end, the gradient alone reads: they are not returned. */
  hiddenOutputs?: number;
  /**
   * Gradient of each input, in order; null for inputs without one (codes).
   * @param outputs - the saved outputs of the forward pass
   */
  gradient?(dys: Tensors, inputs: Tensors, outputs: Tensors, attributes: A): (tf.Tensor | null)[];
}

/** Of the names of our kernels in tfjs. */
const PREFIX = 'MultiTab';

const BACKENDS = ['cpu', 'wasm', 'webgpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

/**
 * `native`: fast versions where there are any. `reference`: plain operations with our gradients. `stock`: plain
 * operations with the automatic differentiation of tfjs, the peer that benchmarks compare with.
 */
export type KernelMode = 'native' | 'reference' | 'stock';

const natives = new Map<string, NativeKernel<never>>();
let mode: KernelMode = 'native';

/** Adds the fast version of a kernel for one backend; called when that backend starts. */
export function registerNative<A>(backend: BackendName, name: string, kernel: NativeKernel<A>): void {
  natives.set(`${backend}/${name}`, kernel as unknown as NativeKernel<never>);
}

/** Names of the kernels that have a fast version on a backend. */
export function nativeKernels(backend: BackendName): string[] {
  return [...natives.keys()]
    .filter((key) => key.startsWith(`${backend}/`))
    .map((key) => key.split('/')[1] as string);
}

export function setKernelMode(next: KernelMode): void {
  mode = next;
}

export function getKernelMode(): KernelMode {
  return mode;
}

/** Views of the same values: no work. */
const VIEWS = new Set(['Identity', 'Reshape', 'ExpandDims', 'Cast']);

/**
 * For the backend and the mode of this moment: how many launches a kernel of tfjs is by itself. One of ours without a fast
 * version is none, because its plain operations count; null for views.
 */
export function launchCounter(): (kernelName: string) => number | null {
  const fast = new Set(mode === 'native' ? nativeKernels(tf.getBackend() as BackendName) : []);
  return (kernelName) => {
    if (VIEWS.has(kernelName)) return null;
    return kernelName.startsWith(PREFIX) && !fast.has(kernelName.slice(PREFIX.length)) ? 0 : 1;
  };
}

/** Registers the kernel for every backend and returns the function that runs it. */
export function defineKernel<A extends object>(
  def: KernelDef<A>,
): (inputs: Tensors, attributes: A) => tf.Tensor[] {
  const kernelName = `${PREFIX}${def.name}`;
  for (const backendName of BACKENDS) {
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) => {
        const list = inputs as unknown as Tensors;
        const attributes = attrs as unknown as A;
        const native = mode === 'native' ? natives.get(`${backendName}/${def.name}`) : undefined;
        return tf.tidy(() => {
          const fast = native ? (native as unknown as NativeKernel<A>)(list, attributes) : null;
          return fast ?? def.reference(list, attributes);
        });
      },
    });
  }
  const { gradient, savedOutputs = [], hiddenOutputs = 0 } = def;
  if (gradient) {
    const outputCount = savedOutputs.filter(Boolean).length;
    tf.registerGradient({
      kernelName,
      saveAllInputs: true,
      outputsToSave: [...savedOutputs],
      gradFunc: (dy, saved, attrs) => {
        const inputCount = saved.length - outputCount;
        const dys = Array.isArray(dy) ? dy : [dy];
        // Computed at once: the thunks below run each in a tidy of its own, so nothing could be shared between them.
        const grads = gradient(
          dys,
          saved.slice(0, inputCount),
          saved.slice(inputCount),
          attrs as unknown as A,
        );
        return Object.fromEntries(grads.flatMap((g, i) => (g ? [[String(i), () => g]] : [])));
      },
    });
  }
  return (inputs, attributes) => {
    if (mode === 'stock') {
      const outputs = def.reference(inputs, attributes);
      return outputs.slice(0, outputs.length - hiddenOutputs);
    }
    // An array of inputs is what lets tfjs save all of them; its types only know the named form.
    const named = inputs as unknown as tf.NamedTensorMap;
    const result = tf.engine().runKernel(kernelName, named, attributes as unknown as tf.NamedAttrMap);
    const outputs: tf.Tensor[] = Array.isArray(result) ? result : [result];
    // The tape holds the array itself. For every output in it that nobody uses it makes a gradient of zeros, in JavaScript.
    outputs.length -= hiddenOutputs;
    // A copy, because a caller that reorders the array would reorder the gradients.
    return [...outputs];
  };
}
