// The pipelines of our programs, each compiled once: at its first launch, or ahead in parallel to the thread.
import type { Compiling } from './compileAhead.ts';
import { type Fields, fieldsOf, keyOf, type ParamTypes, type Program, sourceOf } from './program.ts';

export interface Compiled {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
  fields: Fields;
}

export class Pipelines {
  private readonly device: GPUDevice;
  private readonly known = new Map<string, Compiled>();

  constructor(device: GPUDevice) {
    this.device = device;
  }

  get<B, P extends ParamTypes>(program: Program<B, P>, baked: B): Compiled {
    const key = keyOf(program, baked);
    const known = this.known.get(key);
    if (known) return known;
    const { layout, descriptor } = sourceOf(this.device, program, baked);
    const pipeline = this.device.createComputePipeline(descriptor);
    const compiled = { pipeline, layout, fields: fieldsOf(program.params) };
    this.known.set(key, compiled);
    return compiled;
  }

  /** Has the program compiled beside the thread. @param calledFor - those that are being compiled, by key */
  callFor<B, P extends ParamTypes>(
    program: Program<B, P>,
    baked: B,
    calledFor: Map<string, Compiling>,
  ): void {
    const key = keyOf(program, baked);
    if (this.known.has(key) || calledFor.has(key)) return;
    const { layout, descriptor } = sourceOf(this.device, program, baked);
    const done = this.device.createComputePipelineAsync(descriptor).then((pipeline) => {
      this.known.set(key, { pipeline, layout, fields: fieldsOf(program.params) });
    });
    calledFor.set(key, { name: program.name, module: descriptor.compute.module, done });
  }
}
