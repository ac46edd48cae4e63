// Times every launch of a step by GPU timestamps, launches of tfjs and ours, recorded or not. Intercepts the step's device
// calls: while a step is timed, each launch gets its own compute pass, whose begin and end the device records. Bindings of a
// launch are noted when its bind group is created, for a recorded step at its first run.
import type * as tf from '@tensorflow/tfjs-core';
import type { Values } from '../../tfjsInternals.ts';
import { aroundKernels, bytesOfAll } from '../kernelCalls.ts';
import { observeSteps } from '../observe.ts';
import type { StepPhase } from '../stepObserver.ts';
import type { LaunchNote, StepTimer, TimedLaunch } from '../stepTimer.ts';
import { tickOf } from './clockTick.ts';
import type { WebgpuContext } from './context.ts';

/** Timestamps that a query set holds at most. */
const SET_SIZE = 4096;
const TIMESTAMP_BYTES = 8;
const NS_PER_MS = 1e6;

/** Where the timestamps of a pass are written. */
interface Stamps {
  querySet: GPUQuerySet;
  beginningOfPassWriteIndex: number;
  endOfPassWriteIndex: number;
}

type BeginPass = (stamps: Stamps | null) => GPUComputePassEncoder;

export class PassTimer implements StepTimer {
  readonly clock: 'gpu' | 'none';
  tickMs: number | null = null;
  private readonly context: WebgpuContext;
  private readonly device: GPUDevice;
  private readonly notes = new WeakMap<GPUBindGroup, LaunchNote>();
  private readonly sets: { querySet: GPUQuerySet; resolved: GPUBuffer; readable: GPUBuffer }[] = [];
  /** Stamped passes of the step that is timed. */
  private passes = 0;
  private launched: LaunchNote[] = [];
  private tickNs = 0;

  constructor(context: WebgpuContext) {
    this.context = context;
    this.device = context.internals.device;
    this.clock = this.device.features.has('timestamp-query') ? 'gpu' : 'none';
  }

  async each(step: () => Promise<unknown>): Promise<TimedLaunch[]> {
    this.launched = [];
    const spans = await this.stamped(step, (begin) => this.split(begin));
    const first = spans[0]?.[0] ?? 0;
    return this.launched.map((note, i) => {
      const [from, to] = spans[i] ?? [0, 0];
      if (this.clock === 'none') return { ...note, startMs: 0, ms: null };
      return { ...note, startMs: (from - first) / NS_PER_MS, ms: (to - from) / NS_PER_MS };
    });
  }

  async whole(step: () => Promise<unknown>): Promise<number | null> {
    if (this.clock === 'none') return null;
    const spans = await this.stamped(step, (begin) => begin(this.nextStamps()));
    return spans.reduce((sum, [from, to]) => sum + to - from, 0) / NS_PER_MS;
  }

  dispose(): void {
    for (const { querySet, resolved, readable } of this.sets) {
      querySet.destroy();
      resolved.destroy();
      readable.destroy();
    }
  }

  /** Nanoseconds from begin to end of every stamped pass of the step, since the first one began. */
  private async stamped(
    step: () => Promise<unknown>,
    pass: (begin: BeginPass) => GPUComputePassEncoder,
  ): Promise<[number, number][]> {
    this.passes = 0;
    const endNotes = this.takeNotes();
    const encoders = GPUCommandEncoder.prototype;
    const { beginComputePass } = encoders;
    encoders.beginComputePass = function (descriptor) {
      return pass((stamps) =>
        beginComputePass.call(this, stamps ? { ...descriptor, timestampWrites: stamps } : descriptor),
      );
    };
    try {
      await step();
    } finally {
      encoders.beginComputePass = beginComputePass;
      endNotes();
    }
    return this.clock === 'gpu' ? this.readStamps() : [];
  }

  /** A pass that is one pass per launch for the device. */
  private split(begin: BeginPass): GPUComputePassEncoder {
    let pipeline: GPUComputePipeline | null = null;
    let bindGroup: GPUBindGroup | null = null;
    const own: Pick<GPUComputePassEncoder, 'setPipeline' | 'dispatchWorkgroups' | 'end'> & {
      setBindGroup: unknown;
    } = {
      setPipeline(next) {
        pipeline = next;
      },
      setBindGroup(_index: number, next: GPUBindGroup) {
        bindGroup = next;
      },
      dispatchWorkgroups: (...workgroups) => {
        if (!pipeline || !bindGroup) throw new Error('passTimer: a launch without pipeline or bind group');
        this.launched.push(this.noteOf(bindGroup, pipeline));
        const pass = begin(this.nextStamps());
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bindGroup);
        pass.dispatchWorkgroups(...workgroups);
        pass.end();
      },
      end() {},
    };
    return own as GPUComputePassEncoder;
  }

  private noteOf(bindGroup: GPUBindGroup, { label }: GPUComputePipeline): LaunchNote {
    const known = this.notes.get(bindGroup);
    if (known) return known;
    return {
      kernel: label,
      phase: 'data',
      shape: [],
      bytesRead: 0,
      bytesWritten: 0,
      flops: null,
      launches: 1,
    };
  }

  /** Null where the device has no timestamps. */
  private nextStamps(): Stamps | null {
    if (this.clock === 'none') return null;
    const first = (2 * this.passes) % SET_SIZE;
    const index = Math.floor((2 * this.passes) / SET_SIZE);
    this.passes++;
    if (!this.sets[index]) {
      const { device } = this;
      const size = SET_SIZE * TIMESTAMP_BYTES;
      this.sets[index] = {
        querySet: device.createQuerySet({ type: 'timestamp', count: SET_SIZE }),
        resolved: device.createBuffer({
          size,
          usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
        }),
        readable: device.createBuffer({
          label: 'timestamps',
          size,
          usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
        }),
      };
    }
    const { querySet } = this.sets[index] as (typeof this.sets)[number];
    return { querySet, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 };
  }

  private async readStamps(): Promise<[number, number][]> {
    const { device } = this;
    const encoder = device.createCommandEncoder();
    const countIn = (set: number) => Math.min(SET_SIZE, 2 * this.passes - set * SET_SIZE);
    const used = this.sets.filter((_, i) => countIn(i) > 0);
    used.forEach(({ querySet, resolved, readable }, i) => {
      encoder.resolveQuerySet(querySet, 0, countIn(i), resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, readable, 0, countIn(i) * TIMESTAMP_BYTES);
    });
    device.queue.submit([encoder.finish()]);
    const stamps: bigint[] = [];
    for (const [i, { readable }] of used.entries()) {
      await readable.mapAsync(GPUMapMode.READ);
      stamps.push(...new BigUint64Array(readable.getMappedRange(0, countIn(i) * TIMESTAMP_BYTES)));
      readable.unmap();
    }
    // They count from a moment of the device's choice.
    const origin = stamps[0] ?? 0n;
    const since = stamps.map((stamp) => Number(stamp - origin));
    this.tickNs = tickOf(since, this.tickNs);
    this.tickMs = this.tickNs > 0 ? this.tickNs / NS_PER_MS : null;
    // A device may set its clock back: a negative time counts as 0.
    return Array.from({ length: this.passes }, (_, i) => {
      const [from = 0, to = 0] = since.slice(2 * i, 2 * i + 2);
      return [from, Math.max(from, to)];
    });
  }

  /** Notes what each bind group is made for. @returns what ends it */
  private takeNotes(): () => void {
    const { context, device, notes } = this;
    const { internals } = context;
    let phase: StepPhase = 'data';
    let operation = '';
    let current: LaunchNote | null = null;
    const noteWhile = (
      kernel: string,
      inputs: readonly tf.TensorInfo[],
      outputs: readonly tf.TensorInfo[],
      launch: () => void,
      flops: number | null = null,
    ) => {
      const before = current;
      current = {
        kernel,
        phase,
        shape: outputs[0]?.shape ?? [],
        bytesRead: bytesOfAll(inputs),
        bytesWritten: bytesOfAll(outputs),
        flops,
        launches: 1,
      };
      launch();
      current = before;
    };
    const endSteps = observeSteps({
      enter: (next) => {
        phase = next;
      },
      run: (_kernel, _traffic, work) => work(),
    });
    const endKernels = aroundKernels(({ kernel }, run) => {
      const before = operation;
      operation = kernel;
      run();
      operation = before;
    });
    const createBindGroup = device.createBindGroup;
    device.createBindGroup = (descriptor) => {
      const bindGroup = createBindGroup.call(device, descriptor);
      if (current) notes.set(bindGroup, current);
      return bindGroup;
    };
    const infoOf = (bound: Values | GPUBuffer): tf.TensorInfo =>
      'dataId' in bound
        ? internals.infoOf(bound.dataId)
        : { dataId: bound, shape: [bound.size / 4], dtype: 'int32' };
    context.aroundLaunch = ({ kernel, inputs, outputs, flops }, launch) =>
      noteWhile(kernel, inputs.map(infoOf), outputs.map(infoOf), launch, flops);
    const endPrograms = internals.aroundPrograms((inputs, output, launch) =>
      noteWhile(operation, inputs, [output], launch),
    );
    return () => {
      context.aroundLaunch = null;
      endPrograms();
      device.createBindGroup = createBindGroup;
      endKernels();
      endSteps();
    };
  }
}
