// Networks of one architecture side by side, each on its own tasks; they share nothing.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TaskMeta } from '../data/table.ts';
import type { Capture, ForwardOptions } from '../layers/forward.ts';
import type { Parameter } from '../layers/parameter.ts';
import type { GradientModelDef, Model, ModelContext } from './model.ts';

/** Names of the tasks of a group: "reg0", "reg0+bin1". */
const nameOf = (tasks: readonly TaskMeta[], group: readonly number[]): string =>
  group.map((task) => tasks[task]?.name).join('+');

/** Correlations of the tasks of a group. */
function within(correlation: ModelContext['labelCorrelation'], n: number, group: readonly number[]) {
  // Correlations with other tasks matter only to a network of several tasks.
  if (!correlation || group.length === 1) return null;
  return Float64Array.from(group.flatMap((i) => group.map((j) => correlation[i * n + j] as number)));
}

/**
 * One network per group.
 * @param groups - task numbers; every task in one
 */
export function buildApart(
  def: GradientModelDef,
  context: ModelContext,
  groups: readonly (readonly number[])[],
): Model {
  const { tasks, params, labelCorrelation } = context;
  const networks = groups.map((group) =>
    def.build({
      ...context,
      params: def.paramsOfTasks?.(params, context, group) ?? params,
      tasks: group.map((task) => tasks[task] as TaskMeta),
      labelCorrelation: within(labelCorrelation, tasks.length, group),
    }),
  );
  const names = groups.map((group) => nameOf(tasks, group));
  const named = (kind: 'parameters' | 'buffers') =>
    networks.flatMap((network, g) =>
      network[kind].map((p) => ofGroup(p, names[g] as string, groups[g] as number[], g)),
    );
  return {
    parameters: named('parameters'),
    buffers: named('buffers'),
    frozen: new Map(
      networks.flatMap((network, g) =>
        [...network.frozen].map(([name, values]) => [`${names[g]}.${name}`, values] as const),
      ),
    ),
    forward: (batch, options) => {
      const outputs: Tensor2D[] = [];
      networks.forEach((network, g) => {
        const own = network.forward(batch, { ...optionsOf(options, names[g] as string), packed: false });
        groups[g]?.forEach((task, i) => {
          outputs[task] = own[i] as Tensor2D;
        });
      });
      return outputs;
    },
    flopsPerRow: (batchSize) => networks.reduce((sum, network) => sum + network.flopsPerRow(batchSize), 0),
    dispose: () => {
      for (const network of networks) network.dispose();
    },
  };
}

/** Initial values are drawn before names change, so each network starts as it would alone. */
function ofGroup(
  { name, variable, parts }: Parameter,
  prefix: string,
  group: readonly number[],
  index: number,
): Parameter {
  const taskOf = (task: number | null): number | null =>
    group.length === 1 ? (group[0] as number) : task === null ? null : (group[task] as number);
  return {
    name: `${prefix}.${name}`,
    variable,
    parts: parts.map((part) => ({
      ...part,
      name: `${prefix}.${part.name}`,
      task: taskOf(part.task),
      group: index,
    })),
  };
}

/** Attention is recorded network by network; experts and towers are not, since each network has a few tasks alone. */
function optionsOf({ capture, ...options }: ForwardOptions, network: string): ForwardOptions {
  const { attention } = capture ?? {};
  if (!attention) return options;
  const own: Capture = {
    attention: (record) => attention({ ...record, place: { ...record.place, network } }),
  };
  return { ...options, capture: own };
}
