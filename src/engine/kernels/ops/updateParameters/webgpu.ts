// The end of a training step on WebGPU. The gradients of all parameters are concatenated while their split parts are summed;
// norms and clip factors stay on the GPU; parameters change in place. The numbers of a step, and whether one of them was not
// finite, are left in a tensor that can be read later.
import * as tf from '@tensorflow/tfjs-core';
import type {
  DeferredUpdater,
  FastStep,
  NativeUpdater,
  OptimizerState,
  UpdateOptions,
} from '../../runtime/updater.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { CPU_LANES } from '../../runtime/webgpu/reductions.ts';
import { type Chunk, chunksOf, runsOf } from './chunks.ts';
import { clip, gather, type Lanes, updateProgram } from './webgpuPrograms.ts';

const MAX_SOURCES = 32;

/**
 * Chunk of one parameter's values per workgroup: few per invocation on a GPU, which hides latency by other invocations; many on
 * a CPU, which executes the branches of other parameters with all lanes masked.
 */
const GPU = { lanes: 256, onCpu: false, chunk: 256 };
const CPU = { lanes: CPU_LANES, onCpu: true, chunk: 2048 };
/** For few parameters a workgroup takes fewer values on a GPU, so that enough workgroups sum their splits. */
const FEW = { parameters: 1 << 17, chunk: 64 };

/** How an optimizer steps here. */
interface Stepping {
  program: ReturnType<typeof updateProgram>;
  numbers: FastStep<string>['numbers'];
}

export class WebgpuUpdater implements DeferredUpdater {
  readonly held = 64;
  readonly slots: readonly string[];
  private readonly c: WebgpuContext;
  private readonly o: UpdateOptions;
  private readonly chunks: Chunk[];
  private readonly total: number;
  private readonly lanes: Lanes;
  private readonly stepping: Stepping;
  /** [slots, total]; null without slots. */
  private readonly slotValues: tf.Variable | null;
  private readonly gradients: tf.Variable;
  private readonly squares: tf.Variable;
  private readonly state: tf.Variable;
  /** [held, tasks + groups]; a step takes the row of its number modulo the rows. */
  private readonly reports: tf.Variable;
  /** Stands for the tables among the constants; a table lives as long as its key. */
  private readonly tables = new Map<string, object>();

  constructor(c: WebgpuContext, options: UpdateOptions, stepping: Stepping) {
    this.c = c;
    this.o = options;
    this.stepping = stepping;
    this.slots = options.rule.optimizer.slots;
    const { chunk, ...lanes } = c.onCpu ? CPU : GPU;
    this.lanes = lanes;
    this.total = options.parameters.reduce((sum, p) => sum + p.size, 0);
    const isFew = !c.onCpu && this.total <= FEW.parameters;
    this.chunks = chunksOf(options, isFew ? FEW.chunk : chunk);
    const zeros = (...shape: number[]) => tf.tidy(() => tf.variable(tf.zeros(shape), false));
    this.slotValues = this.slots.length > 0 ? zeros(this.slots.length, this.total) : null;
    this.gradients = zeros(this.total);
    this.squares = zeros(this.chunks.length);
    this.state = zeros(1 + options.groups);
    this.reports = zeros(this.held, options.tasks + options.groups);
    for (const t of this.own) c.keepNoCopies(t);
  }

  get kept(): tf.Tensor[] {
    return [...this.own, ...this.o.parameters];
  }

  private get own(): tf.Variable[] {
    const { slotValues, gradients, squares, state, reports } = this;
    return [...(slotValues ? [slotValues] : []), gradients, squares, state, reports];
  }

  async step(
    gradients: readonly tf.Tensor[],
    losses: tf.Tensor1D,
    step: number,
    learningRateAt: (step: number) => number,
  ): Promise<Float32Array> {
    this.launch(gradients, losses, step, learningRateAt);
    return (await this.readReports())(step);
  }

  launch(
    gradients: readonly tf.Tensor[],
    losses: tf.Tensor1D,
    step: number,
    learningRateAt: (step: number) => number,
  ): void {
    const { c, o } = this;
    this.gather(gradients);
    const slotOf = (at: number) => ({ slot: at % this.held });
    c.run(clip, this.lanes, {
      inputs: [this.squares, this.table('owners', () => this.chunks.map((chunk) => chunk.group)), losses],
      outputs: [this.state, this.reports],
      params: {
        chunks: this.chunks.length,
        groups_of_tasks: o.groups,
        tasks: o.tasks,
        clip_norm: o.rule.clipNorm,
        ...slotOf(step),
      },
      paramsAt: slotOf,
      groups: 1,
    });
    this.update(step, learningRateAt);
  }

  async readReports(): Promise<(step: number) => Float32Array> {
    const values = await this.reports.data<'float32'>();
    const width = this.o.tasks + this.o.groups;
    return (step) => values.slice((step % this.held) * width, (step % this.held) * width + width);
  }

  async readState(): Promise<OptimizerState> {
    const values = await this.slotValues?.data<'float32'>();
    const state: OptimizerState = {};
    let start = 0;
    for (const slot of values ? this.slots : []) {
      state[slot] = this.o.parameters.map(({ size }) => {
        start += size;
        return (values as Float32Array).slice(start - size, start);
      });
    }
    return state;
  }

  writeState(state: OptimizerState): void {
    const { slotValues } = this;
    if (!slotValues) return;
    const values = new Float32Array(slotValues.size);
    let start = 0;
    for (const own of this.slots.flatMap((slot) => state[slot] as Float32Array[])) {
      values.set(own, start);
      start += own.length;
    }
    tf.tidy(() => slotValues.assign(tf.tensor(values, slotValues.shape)));
    this.c.keepNoCopies(slotValues);
  }

  dispose(): void {
    tf.dispose(this.own);
  }

  private table(key: string, values: () => number[]): GPUBuffer {
    let owner = this.tables.get(key);
    if (!owner) {
      owner = {};
      this.tables.set(key, owner);
    }
    return this.c.constant(owner, () => Uint32Array.from(values()));
  }

  private gather(gradients: readonly tf.Tensor[]): void {
    const { c, chunks } = this;
    const sources: tf.Tensor[] = [];
    const places = gradients.map((gradient) => {
      const { parts, splits, total, start } = c.unsummedOf(gradient) ?? {
        parts: gradient,
        splits: 1,
        total: gradient.size,
        start: 0,
      };
      if (!sources.includes(parts)) sources.push(parts);
      return { source: sources.indexOf(parts), splits, total, start };
    });
    const perLaunch = Math.min(MAX_SOURCES, c.maxBuffers - 3);
    const layout = places.map((p) => Object.values(p).join(' ')).join();
    runsOf(sources, perLaunch).forEach((own, launch) => {
      const placeOf = (chunk: Chunk) => places[chunk.parameter] as (typeof places)[number];
      const mine = chunks
        .map((chunk, index) => ({ chunk, index, place: placeOf(chunk) }))
        .filter(({ place }) => Math.floor(place.source / perLaunch) === launch);
      const split = own.map((parts) => places.some((p) => sources[p.source] === parts && p.splits > 1));
      const table = this.table(`gather ${launch}: ${layout}`, () =>
        mine.flatMap(({ chunk, index, place: { source, splits, total, start } }) => [
          source % perLaunch,
          splits,
          total,
          start + chunk.start,
          chunk.size,
          chunk.flat,
          index,
        ]),
      );
      c.run(
        gather,
        { ...this.lanes, split },
        {
          inputs: [table, ...own],
          outputs: [this.gradients, this.squares],
          params: {},
          groups: mine.length,
        },
      );
    });
  }

  private update(step: number, learningRateAt: (step: number) => number): void {
    const { c, o, slotValues, chunks } = this;
    const { program, numbers } = this.stepping;
    const { rule } = o;
    const paramsAt = (at: number) => numbers({ step: at, learningRate: learningRateAt(at), rule });
    const perLaunch = c.maxBuffers - (slotValues ? 4 : 3);
    runsOf(o.parameters, perLaunch).forEach((own, launch) => {
      const first = launch * perLaunch;
      const mine = chunks.filter(({ parameter }) => parameter >= first && parameter < first + own.length);
      const table = this.table(`update ${launch}`, () =>
        mine.flatMap(({ parameter, start, size, flat, group }) => [
          parameter - first,
          start,
          size,
          flat,
          group,
        ]),
      );
      for (const parameter of own) c.makeSoleOwner(parameter);
      c.run(
        program,
        { ...this.lanes, parameters: own.length, optimizer: rule.optimizer.id },
        {
          inputs: [table, this.gradients, this.state],
          outputs: [...(slotValues ? [slotValues] : []), ...own],
          params: { total: this.total, ...paramsAt(step) },
          paramsAt,
          groups: mine.length,
        },
      );
      for (const parameter of own) c.keepNoCopies(parameter);
    });
  }
}

export const updateParameters =
  (c: WebgpuContext): NativeUpdater =>
  (options) => {
    const { rule, parameters } = options;
    const { fast } = rule.optimizer;
    if (!fast?.wgsl || isEmpty(...parameters)) return null;
    // Their names are the same at every step.
    const names = Object.keys(fast.numbers({ step: 1, learningRate: 0, rule }));
    const program = updateProgram(rule.optimizer, fast.wgsl, names);
    return new WebgpuUpdater(c, options, { program, numbers: fast.numbers });
  };
