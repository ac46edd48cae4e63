// Our SIMD module on the memory of tfjs's wasm backend: instantiation, addresses of tensors, outputs, scratch memory.
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { WasmInternals } from '../../tfjsInternals.ts';
import { relaxedSimdBinary, simdBinary } from './simd.generated.ts';
import { type Address, bindModule, type SimdModule } from './simdModule.ts';

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

/** Best first. Relaxed SIMD fuses a product and a sum with one rounding, so last digits differ. */
const MODULES = [
  { instructions: 'relaxed SIMD', base64: relaxedSimdBinary },
  { instructions: 'SIMD', base64: simdBinary },
] as const;

/** The instruction set of the kernels, for the backend report. */
export type Instructions = (typeof MODULES)[number]['instructions'];

export class WasmContext {
  readonly simd: SimdModule;
  readonly instructions: Instructions;
  private readonly internals: WasmInternals;
  private scratchAddress = 0;
  private scratchBytes = 0;

  private constructor(internals: WasmInternals, simd: SimdModule, instructions: Instructions) {
    this.internals = internals;
    this.simd = simd;
    this.instructions = instructions;
  }

  /**
   * @param allowed - the best of these that the engine has is taken
   * @returns null if it has none of them
   * @throws WorkbenchError (backend) for a build of the backend whose memory we cannot share
   */
  static async create(backend: BackendWasm, allowed: readonly Instructions[]): Promise<WasmContext | null> {
    const found = MODULES.filter((m) => allowed.includes(m.instructions))
      .map((m) => ({ ...m, bytes: bytesOf(m.base64) }))
      .find((m) => WebAssembly.validate(m.bytes));
    if (!found) return null;
    const internals = new WasmInternals(backend);
    const { memory } = internals;
    const { instance } = await WebAssembly.instantiate(found.bytes, { env: { memory } });
    const simd = bindModule(instance.exports);
    simd.setConstants({ at: internals.allocate(simd.constantsBytes({})) as Address });
    internals.shareClones();
    return new WasmContext(internals, simd, found.instructions);
  }

  /** First byte of a tensor's values; valid until the tensor is disposed. */
  address(tensor: tf.Tensor): Address {
    return this.internals.addressOf(tensor) as Address;
  }

  /** A new float32 tensor with undefined values. */
  output(shape: readonly number[]): tf.Tensor {
    return this.internals.output(shape);
  }

  /** Memory that any kernel may overwrite; it grows to the largest demand and stays. */
  scratch(bytes: number): Address {
    if (bytes > this.scratchBytes) {
      if (this.scratchAddress) this.internals.free(this.scratchAddress);
      this.scratchAddress = this.internals.allocate(bytes);
      this.scratchBytes = bytes;
    }
    return this.scratchAddress as Address;
  }

  /** Scratch memory that holds these integers. */
  integers(values: readonly number[]): Address {
    const at = this.scratch(4 * values.length);
    this.write(at, Int32Array.from(values));
    return at;
  }

  /** Copies values into the memory. The view is created each time, because the memory may grow. */
  write(address: Address, values: Float32Array | Int32Array | Uint8Array): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.internals.memory.buffer).set(bytes, address);
  }

  /** A view of `count` floats; valid until the next allocation. */
  view(address: Address, count: number): Float32Array {
    return new Float32Array(this.internals.memory.buffer, address, count);
  }

  /** The values of a tensor; valid until the next allocation. */
  valuesOf(tensor: tf.Tensor): Float32Array {
    return this.view(this.address(tensor), tensor.size);
  }

  /** Whether no other tensor shares the values, so that they may be changed in place. */
  isSoleOwner(tensor: tf.Tensor): boolean {
    return this.internals.isSoleOwner(tensor);
  }

  /** Must be called after values were changed in place. */
  forgetCopies(tensor: tf.Tensor): void {
    this.internals.forgetCopies(tensor);
  }
}
