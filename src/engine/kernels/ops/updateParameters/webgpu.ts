// The end of a training step on WebGPU. The gradients of all parameters are laid end to end while the parts of each are
// added up; norms and clip factors stay on the GPU; parameters change in place. The numbers of a step, and whether one of
// them was not finite, are left in a tensor that may be read later.
import * as tf from '@tensorflow/tfjs-core';
import { isEmpty, type Program, type Shader, type WebgpuContext } from '../../runtime/webgpu/program.ts';
import { CPU_LANES, sumOfLanes } from '../../runtime/webgpu/reductions.ts';
import type { DeferredUpdater, Moments, NativeUpdater, UpdateOptions } from './index.ts';

const MAX_SOURCES = 32;

/** How workgroups are made. */
interface Lanes {
  lanes: number;
  onCpu: boolean;
}

/**
 * With the values of one parameter that a workgroup takes: few per invocation on a GPU, which hides what loads wait for behind
 * other invocations; many on a CPU, which goes through the cases of other parameters with every lane off.
 */
const GPU = { lanes: 256, onCpu: false, chunk: 512 };
const CPU = { lanes: CPU_LANES, onCpu: true, chunk: 2048 };

/**
 * Gradients from the parts that layers left, and the sum of squares of each chunk. `chunks`: per workgroup the source, its
 * splits and columns, the first column, the number of values, and where they and their sum of squares go.
 */
const gather: Program<Lanes & { split: readonly boolean[] }> = {
  name: 'GatherGradients',
  shader: ({ lanes, onCpu, split }): Shader => ({
    lanes,
    inputs: {
      chunks: 'u32',
      ...Object.fromEntries(split.map((_, s) => [`source${s}`, 'f32' as const])),
    },
    outputs: { gradients: 'f32', squares: 'f32' },
    params: {},
    code: `
      ${sumOfLanes(lanes, onCpu)}
      fn run(group: u32, lane: u32) {
        let at = 7u * group;
        let splits = chunks[at + 1u];
        let total = chunks[at + 2u];
        let first = chunks[at + 3u];
        let size = chunks[at + 4u];
        let target_first = chunks[at + 5u];
        var sum_of_squares = 0.0;
        switch (chunks[at]) {
          ${split
            .map(
              (isSplit, s) => `case ${s}u: {
                for (var i = lane; i < size; i += ${lanes}u) {
                  var sum = source${s}[first + i];
                  ${isSplit ? `for (var k = 1u; k < splits; k++) { sum += source${s}[k * total + first + i]; }` : ''}
                  gradients[target_first + i] = sum;
                  sum_of_squares += sum * sum;
                }
              }`,
            )
            .join('\n')}
          default: {}
        }
        let whole = sum_of_lanes(lane, sum_of_squares);
        if (lane == 0u) { squares[chunks[at + 6u]] = whole; }
      }`,
  }),
};

/**
 * Norms and clip factors of the groups. `state`: 1 from the first number on that is not finite, then the factors. Numbers
 * are told from their bits, because WGSL may assume that none is NaN.
 */
const clip: Program<Lanes> = {
  name: 'ClipGradients',
  shader: ({ lanes, onCpu }): Shader => ({
    lanes,
    inputs: { squares: 'f32', owners: 'u32', losses: 'f32' },
    outputs: { state: 'f32', reports: 'f32' },
    params: { chunks: 'u32', groups_of_tasks: 'u32', tasks: 'u32', clip_norm: 'f32', slot: 'u32' },
    code: `
      ${sumOfLanes(lanes, onCpu)}
      fn is_finite(v: f32) -> bool { return (bitcast<u32>(v) & 0x7f800000u) != 0x7f800000u; }
      fn run(group: u32, lane: u32) {
        let report = p.slot * (p.tasks + p.groups_of_tasks);
        var ok = state[0] == 0.0;
        for (var t = 0u; t < p.tasks; t++) {
          ok = ok && is_finite(losses[t]);
          if (lane == 0u) { reports[report + t] = losses[t]; }
        }
        for (var g = 0u; g < p.groups_of_tasks; g++) {
          var sum = 0.0;
          for (var i = lane; i < p.chunks; i += ${lanes}u) { if (owners[i] == g) { sum += squares[i]; } }
          let norm = sqrt(sum_of_lanes(lane, sum));
          ok = ok && is_finite(norm);
          if (lane == 0u) {
            reports[report + p.tasks + g] = norm;
            state[1u + g] = select(1.0, p.clip_norm / norm, p.clip_norm > 0.0 && norm > p.clip_norm);
          }
        }
        if (lane == 0u) { state[0] = select(1.0, 0.0, ok); }
      }`,
  }),
};

interface UpdateBaked extends Lanes {
  parameters: number;
  sgd: boolean;
}

/** `chunks`: per workgroup the parameter, its first value, the number of values, where their gradient is, the group. */
const update: Program<UpdateBaked> = {
  name: 'UpdateParameters',
  shader: ({ lanes, parameters, sgd }): Shader => {
    const names = Array.from({ length: parameters }, (_, i) => `parameter${i}`);
    const step = (name: string) =>
      sgd
        ? `${name}[at] -= p.rate * g;`
        : `let first = moments[flat] * p.beta1 + g * p.rest1;
           let second = moments[p.total + flat] * p.beta2 + g * g * p.rest2;
           moments[flat] = first;
           moments[p.total + flat] = second;
           ${name}[at] = ${name}[at] * p.decay - p.rate * first / (sqrt(second * p.correction2) + p.epsilon);`;
    const values = (name: string) => `
      for (var i = lane; i < size; i += ${lanes}u) {
        let flat = first_flat + i;
        let at = first_at + i;
        let g = gradients[flat] * scale;
        ${step(name)}
      }`;
    return {
      lanes,
      inputs: { chunks: 'u32', gradients: 'f32', state: 'f32' },
      outputs: {
        ...(sgd ? {} : { moments: 'f32' as const }),
        ...Object.fromEntries(names.map((n) => [n, 'f32' as const])),
      },
      params: {
        total: 'u32',
        beta1: 'f32',
        beta2: 'f32',
        rest1: 'f32',
        rest2: 'f32',
        epsilon: 'f32',
        decay: 'f32',
        rate: 'f32',
        correction2: 'f32',
      },
      code: `
        fn run(group: u32, lane: u32) {
          if (state[0] != 0.0) { return; }
          let first_at = chunks[5u * group + 1u];
          let size = chunks[5u * group + 2u];
          let first_flat = chunks[5u * group + 3u];
          let scale = state[1u + chunks[5u * group + 4u]];
          switch (chunks[5u * group]) {
            ${names.map((name, i) => `case ${i}u: { ${values(name)} }`).join('\n')}
            default: {}
          }
        }`,
    };
  },
};

/** Values of one parameter and one group. */
interface Chunk {
  parameter: number;
  start: number;
  size: number;
  /** Where they stand among the values of all parameters. */
  flat: number;
  group: number;
}

function chunksOf({ stretches }: UpdateOptions, length: number): Chunk[] {
  const chunks: Chunk[] = [];
  let flat = 0;
  stretches.forEach((own, parameter) => {
    let start = 0;
    for (const { size, group } of own) {
      for (let done = 0; done < size; done += length)
        chunks.push({
          parameter,
          start: start + done,
          size: Math.min(length, size - done),
          flat: flat + start + done,
          group,
        });
      start += size;
    }
    flat += start;
  });
  return chunks;
}

/** Consecutive runs of at most `length`. */
function runsOf<T>(items: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, i) =>
    items.slice(i * length, (i + 1) * length),
  );
}

export class WebgpuUpdater implements DeferredUpdater {
  readonly held = 64;
  private readonly c: WebgpuContext;
  private readonly o: UpdateOptions;
  private readonly chunks: Chunk[];
  private readonly total: number;
  private readonly lanes: Lanes;
  /** [2, total] */
  private readonly moments: tf.Variable | null;
  private readonly gradients: tf.Variable;
  private readonly squares: tf.Variable;
  private readonly state: tf.Variable;
  /** [held, tasks + groups]; a step takes the row of its number modulo the rows. */
  private readonly reports: tf.Variable;
  /** Stands for the tables among the constants; a table lives as long as its key. */
  private readonly tables = new Map<string, object>();

  constructor(c: WebgpuContext, options: UpdateOptions) {
    this.c = c;
    this.o = options;
    const { chunk, ...lanes } = c.onCpu ? CPU : GPU;
    this.lanes = lanes;
    this.chunks = chunksOf(options, chunk);
    this.total = options.parameters.reduce((sum, p) => sum + p.size, 0);
    const zeros = (...shape: number[]) => tf.tidy(() => tf.variable(tf.zeros(shape), false));
    this.moments = options.rule.optimizer === 'sgd' ? null : zeros(2, this.total);
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
    const { moments, gradients, squares, state, reports } = this;
    return [...(moments ? [moments] : []), gradients, squares, state, reports];
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

  async readMoments(): Promise<Moments> {
    if (!this.moments) return [[], []];
    const values = await this.moments.data<'float32'>();
    let start = 0;
    const starts = this.o.parameters.map(({ size }) => {
      start += size;
      return start - size;
    });
    const part = (kind: number) =>
      this.o.parameters.map(({ size }, i) => {
        const first = kind * this.total + (starts[i] as number);
        return values.slice(first, first + size);
      });
    return [part(0), part(1)];
  }

  writeMoments([first, second]: Moments): void {
    const { moments } = this;
    if (!moments) return;
    const values = new Float32Array(2 * this.total);
    let start = 0;
    for (const part of [...first, ...second]) {
      values.set(part, start);
      start += part.length;
    }
    tf.tidy(() => moments.assign(tf.tensor(values, moments.shape)));
    this.c.keepNoCopies(moments);
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
    const { c, o, moments, chunks } = this;
    const { optimizer, beta1, beta2, epsilon } = o.rule;
    const weightDecay = optimizer === 'adamw' ? o.rule.weightDecay : 0;
    const paramsAt = (at: number) => {
      const learningRate = learningRateAt(at);
      return {
        decay: 1 - learningRate * weightDecay,
        rate: moments ? learningRate / (1 - beta1 ** at) : learningRate,
        correction2: 1 / (1 - beta2 ** at),
      };
    };
    const perLaunch = c.maxBuffers - (moments ? 4 : 3);
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
        update,
        { ...this.lanes, parameters: own.length, sgd: !moments },
        {
          inputs: [table, this.gradients, this.state],
          outputs: [...(moments ? [moments] : []), ...own],
          params: {
            total: this.total,
            beta1,
            beta2,
            rest1: 1 - beta1,
            rest2: 1 - beta2,
            epsilon,
            ...paramsAt(step),
          },
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
  (options) =>
    isEmpty(...options.parameters) ? null : new WebgpuUpdater(c, options);
