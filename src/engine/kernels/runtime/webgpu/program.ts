// A compute shader of ours: what it binds, the parameters of a launch, and its code.
import type * as tf from '@tensorflow/tfjs-core';
import type { Values } from '../../tfjsInternals.ts';

/** WGSL element type of a binding. */
type Element = 'f32' | 'i32' | 'u32' | 'vec2f' | 'vec4f';

/** Fields of a uniform, in order. */
export type ParamTypes = Readonly<Record<string, 'u32' | 'f32'>>;

/** A compute shader as a function of all values baked into it; those values are therefore its complete cache key. */
export interface Program<B, P extends ParamTypes> {
  name: string;
  /** Fields of the uniform `p` besides `p.groups`. Every launch must give all of them. */
  params: P;
  /** Number of multiplications and additions in a launch that belong to products; 0 when left out. */
  flops?(baked: B, params: ValuesFor<P>, groups: number): number;
  shader(baked: B): Shader;
}

export const program = <B, P extends ParamTypes>(stated: Program<B, P>): Program<B, P> => stated;

export interface Shader {
  /** Number of invocations in a workgroup. */
  lanes: number;
  /** Buffers that are only read, by name. */
  inputs: Readonly<Record<string, Element>>;
  /** Buffers that are written or changed in place, by name. */
  outputs: Readonly<Record<string, Element>>;
  /** WGSL with `fn run(group: u32, lane: u32)`, called for every workgroup from 0 to p.groups - 1. */
  code: string;
}

type ValuesFor<P extends ParamTypes> = { readonly [K in keyof P]: number };

export interface Launch<P extends ParamTypes> {
  /** In the order of the shader's inputs. */
  inputs: readonly (Values | GPUBuffer)[];
  outputs: readonly Values[];
  params: ValuesFor<P>;
  /** The values, at another training step, of those parameters that depend on the step. */
  paramsAt?: (step: number) => Partial<ValuesFor<P>>;
  /** Number of workgroups; with 0 there is nothing to do. */
  groups: number;
}

/** Sends launches to the device. */
export interface Launcher {
  /** A new tensor whose values are undefined. */
  output(shape: readonly number[], dtype?: tf.DataType): tf.Tensor;
  run<B, P extends ParamTypes>(program: Program<B, P>, baked: B, launch: Launch<P>): void;
}

export const keyOf = <B, P extends ParamTypes>({ name }: Program<B, P>, baked: B) =>
  `${name}/${JSON.stringify(baked)}`;

/** Names and types, in order. */
export type Fields = readonly (readonly [string, 'u32' | 'f32'])[];

/** The fields of the uniform; the number of workgroups comes first. */
export const fieldsOf = (params: ParamTypes): Fields => [['groups', 'u32'], ...Object.entries(params)];

/** @param values - one for every field */
export function writeFields(into: DataView, fields: Fields, values: Readonly<Record<string, number>>): void {
  fields.forEach(([name, type], i) => {
    const value = values[name];
    if (value === undefined) throw new Error(`webgpu kernel: no value for the parameter ${name}`);
    if (type === 'f32') into.setFloat32(4 * i, value, true);
    else into.setUint32(4 * i, value, true);
  });
}

/** What a pipeline is made from, and the layout of its bindings. */
export interface PipelineSource {
  layout: GPUBindGroupLayout;
  descriptor: GPUComputePipelineDescriptor;
}

export function sourceOf<B, P extends ParamTypes>(
  device: GPUDevice,
  { name, params, shader }: Program<B, P>,
  baked: B,
): PipelineSource {
  const { lanes, inputs, outputs, code } = shader(baked);
  const bindings = [
    ...Object.entries(inputs).map(([n, type]) => ({ n, type, access: 'read' as const })),
    ...Object.entries(outputs).map(([n, type]) => ({ n, type, access: 'read_write' as const })),
  ];
  const source = [
    device.features.has('subgroups') ? 'enable subgroups;' : '',
    `struct Params { ${fieldsOf(params)
      .map(([n, type]) => `${n}: ${type},`)
      .join(' ')} }`,
    ...bindings.map(
      ({ n, type, access }, i) => `@group(0) @binding(${i}) var<storage, ${access}> ${n}: array<${type}>;`,
    ),
    `@group(0) @binding(${bindings.length}) var<uniform> p: Params;`,
    code,
    `@compute @workgroup_size(${lanes})
     fn entry(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) count: vec3u,
              @builtin(local_invocation_index) lane: u32) {
       let group = id.y * count.x + id.x;
       if (group < p.groups) { run(group, lane); }
     }`,
  ].join('\n');
  const buffer = (type: GPUBufferBindingType, binding: number): GPUBindGroupLayoutEntry => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type },
  });
  // An explicit layout, because the automatic one leaves out bindings that the code does not use.
  const layout = device.createBindGroupLayout({
    entries: [
      ...bindings.map(({ access }, i) => buffer(access === 'read' ? 'read-only-storage' : 'storage', i)),
      buffer('uniform', bindings.length),
    ],
  });
  const descriptor = {
    label: name,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label: name, code: source }), entryPoint: 'entry' },
  };
  return { layout, descriptor };
}

/** Lines of code for i = 0 to count - 1. */
export const unrolled = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');
