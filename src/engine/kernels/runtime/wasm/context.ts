// Our SIMD module on the memory of tfjs's wasm backend: instantiation, addresses of tensors, outputs, scratch.
// The one file that touches parts of the backend that are private or undocumented (tfjs-backend-wasm 4.22).
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../core/errors.ts';
import { relaxedSimdBinary, simdBinary } from './simd.generated.ts';

/** The exports of assembly/index.ts. Addresses and counts are 32-bit integers, scalars float32. */
export interface SimdModule {
  adamw(p: number, g: number, m: number, v: number, size: number, ...scalars: number[]): void;
  attentionBackward(dy: number, qkv: number, stats: number, dqkv: number, ...rest: number[]): void;
  attentionForward(qkv: number, out: number, stats: number, ...rest: number[]): void;
  batchNormBackward(dy: number, x: number, scale: number, ...rest: number[]): void;
  batchNormForward(x: number, scale: number, offset: number, ...rest: number[]): void;
  /** Bytes that `setConstants` fills. */
  constantsBytes(): number;
  setConstants(address: number): void;
  attentionScratch(length: number, headSize: number, masks: number, rotary: number): number;
  dropout(x: number, y: number, size: number, key: number, threshold: number, kept: number): void;
  embedBackward(dy: number, ...rest: number[]): void;
  embedForward(taskWeight: number, ...rest: number[]): void;
  foldBackward(dfolded: number, dbias: number, weight: number, ...rest: number[]): void;
  foldForward(weight: number, bias: number, ...rest: number[]): void;
  layerNormBackward(dy: number, x: number, scale: number, ...rest: number[]): void;
  layerNormForward(x: number, scale: number, offset: number, ...rest: number[]): void;
  linearBackward(dy: number, saved: number, yStride: number, x: number, ...rest: number[]): void;
  linearForward(x: number, xStride: number, weight: number, bias: number, ...rest: number[]): void;
  linearScratch(inputs: number, outputs: number): number;
  mixExpertsBackward(dmixed: number, experts: number, weights: number, ...rest: number[]): void;
  mixExpertsForward(logits: number, experts: number, mixed: number, ...rest: number[]): void;
  putSlots(dy: number, dx: number, slots: number, ...shape: number[]): void;
  sumOfSquares(x: number, size: number): number;
  takeSlots(x: number, y: number, slots: number, ...shape: number[]): void;
}

/** What the backend's Emscripten module has besides its typed members. */
interface EmscriptenModule {
  asm: { memory: WebAssembly.Memory };
  _malloc(bytes: number): number;
  _free(address: number): void;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

export class WasmContext {
  readonly simd: SimdModule;
  private readonly backend: BackendWasm;
  private readonly emscripten: EmscriptenModule;
  private scratchAddress = 0;
  private scratchBytes = 0;

  private constructor(backend: BackendWasm, simd: SimdModule) {
    this.backend = backend;
    this.simd = simd;
    this.emscripten = backend.wasm as unknown as EmscriptenModule;
  }

  /**
   * @returns null when this machine's WebAssembly has no SIMD
   * @throws WorkbenchError (backend) when the backend keeps its memory elsewhere, as its threaded build does
   */
  static async create(backend: BackendWasm): Promise<WasmContext | null> {
    // With relaxed SIMD, where the engine has it, a product and a sum are one instruction and one rounding: last digits differ
    // between engines, not between runs.
    const bytes = [relaxedSimdBinary, simdBinary].map(bytesOf).find((b) => WebAssembly.validate(b));
    if (!bytes) return null;
    const memory = (backend.wasm as unknown as Partial<EmscriptenModule>).asm?.memory;
    if (!memory || !(memory.buffer instanceof ArrayBuffer)) {
      throw WorkbenchError.of('backend', {
        path: 'wasm backend',
        expected: 'the single-threaded build of tfjs-backend-wasm 4.22 with its memory at wasm.asm.memory',
        got: memory ? 'shared memory' : 'no memory there',
        remedy: 'Set the tfjs flag WASM_HAS_MULTITHREAD_SUPPORT to false before the backend starts.',
      });
    }
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    const simd = instance.exports as unknown as SimdModule;
    const context = new WasmContext(backend, simd);
    simd.setConstants(context.emscripten._malloc(simd.constantsBytes()));
    return context;
  }

  /** First byte of a tensor's values; valid until the tensor is disposed. */
  address(tensor: tf.Tensor): number {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset as number;
  }

  /** A new float32 tensor with undefined values. */
  output(shape: readonly number[]): tf.Tensor {
    const { dataId } = this.backend.makeOutput([...shape], 'float32');
    return tf.engine().makeTensorFromDataId(dataId, [...shape], 'float32', this.backend);
  }

  /** Memory that any kernel may overwrite; it grows to the largest demand and stays. */
  scratch(bytes: number): number {
    if (bytes > this.scratchBytes) {
      if (this.scratchAddress) this.emscripten._free(this.scratchAddress);
      this.scratchAddress = this.emscripten._malloc(bytes) >>> 0;
      this.scratchBytes = bytes;
    }
    return this.scratchAddress;
  }

  /** Copies values into the memory. Views are made anew each time, because the memory grows. */
  write(address: number, values: Float32Array | Int32Array | Uint8Array): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.emscripten.asm.memory.buffer).set(bytes, address);
  }

  /** A view of `count` floats; valid until the next allocation. */
  view(address: number, count: number): Float32Array {
    return new Float32Array(this.emscripten.asm.memory.buffer, address, count);
  }

  /** True when no other tensor shares the values, so that they may be changed in place. */
  isSoleOwner(tensor: tf.Tensor): boolean {
    return this.backend.refCount(tensor.dataId) === 1;
  }

  /**
   * To be called after values were changed in place: the backend keeps packed copies of tensors that were operands of
   * products, by tensor id.
   */
  forgetCopies(tensor: tf.Tensor): void {
    const { id, memoryOffset } = this.backend.dataIdMap.get(tensor.dataId);
    this.backend.wasm.tfjs.disposeData(id);
    this.backend.wasm.tfjs.registerTensor(id, tensor.size, memoryOffset as number);
  }
}
