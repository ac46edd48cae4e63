// The interface of a kernel for the rest of the code, and the fast versions of a backend.
import type * as tf from '@tensorflow/tfjs-core';

export type Tensors = readonly tf.Tensor[];

/** A kernel's name in reports; kernels are identified by their definition. */
export interface NamedKernel {
  readonly name: string;
}

export interface Kernel<A> extends NamedKernel {
  readonly run: (inputs: Tensors, attributes: A) => tf.Tensor[];
}

/** A fast version for one backend; inputs and outputs as in `reference`. Null if it does not support these shapes. */
export type NativeKernel<A> = (inputs: Tensors, attributes: A) => tf.Tensor[] | null;

/** A kernel with its fast version. */
export type NativeEntry = (into: NativeKernels) => void;

export const native =
  <A>(kernel: Kernel<A>, version: NativeKernel<A>): NativeEntry =>
  (into) =>
    into.set(kernel, version);

/** The fast versions of one backend. */
export class NativeKernels {
  private readonly versions = new Map<NamedKernel, unknown>();

  constructor(entries: readonly NativeEntry[] = []) {
    for (const addTo of entries) addTo(this);
  }

  get kernels(): NamedKernel[] {
    return [...this.versions.keys()];
  }

  has(kernel: NamedKernel): boolean {
    return this.versions.has(kernel);
  }

  set<A>(kernel: Kernel<A>, version: NativeKernel<A>): void {
    this.versions.set(kernel, version);
  }

  /** Only `set` adds versions, so that a version has the attributes of its kernel. */
  get<A>(kernel: Kernel<A>): NativeKernel<A> | undefined {
    return this.versions.get(kernel) as NativeKernel<A> | undefined;
  }
}
