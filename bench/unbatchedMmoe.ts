// MMoE as it is usually written: a network per expert, a gate and a tower per task, one after another. The same layers and
// parameter names as in the workbench, for measuring the effect of running them side by side.
import * as tf from '@tensorflow/tfjs-core';
import { settingsOf } from '../src/engine/config/defineParams.ts';
import { applyFlatInput } from '../src/engine/layers/embedding.ts';
import { applyLinear, createLinear } from '../src/engine/layers/linear.ts';
import { applyMlps, applyTowers, createMlps, createTowers } from '../src/engine/layers/mlp.ts';
import { ParameterSet } from '../src/engine/layers/parameterSet.ts';
import { createInput } from '../src/engine/models/assemble.ts';
import { initialisationOf, linearInitOf } from '../src/engine/models/commonParams.ts';
import { mmoe, mmoeParams } from '../src/engine/models/mmoe.ts';
import type { GradientModelDef, ModelContext } from '../src/engine/models/model.ts';

function build({ features, tasks, params, seed }: ModelContext) {
  const { experts: count, expert, tower, embedding, initialisation } = settingsOf(mmoeParams, params);
  const scheme = initialisationOf(initialisation);
  const set = new ParameterSet(seed);
  const input = createInput(set, ['embedding'], features, embedding, scheme);
  const init = linearInitOf(scheme);
  const common = { batchNorm: true, dropoutRate: 0, seed, site: 0, init };
  const experts = Array.from({ length: count }, (_, e) =>
    createMlps(set, {
      ...common,
      members: [{ name: `experts.${e}.mlp`, task: null }],
      inputs: input.columns,
      groups: [1],
      hidden: expert,
    }),
  );
  const gates = tasks.map(({ name }) =>
    createLinear(set, `gates.${name}.fc`, input.columns, count, init(input.columns)),
  );
  const towers = tasks.map(({ name, outputs }, task) =>
    createTowers(set, {
      ...common,
      members: [{ name: `towers.${name}.tower`, task }],
      inputs: expert.at(-1) ?? 1,
      sharedInput: true,
      hidden: tower,
      outputs: [outputs],
    }),
  );
  return {
    parameters: set.parameters,
    buffers: set.buffers,
    frozen: set.frozen,
    forward: (batch, options) => {
      const x = applyFlatInput(input, batch);
      const stacked = tf.stack(
        experts.map((e) => applyMlps(e, x, options)),
        1,
      ) as tf.Tensor3D; // [B, E, H]
      return gates.map((gate, t) => {
        const weights = tf.expandDims(tf.softmax(applyLinear(gate, x)), 1) as tf.Tensor3D; // [B, 1, E]
        const mixed = tf.squeeze(tf.matMul(weights, stacked), [1]) as tf.Tensor2D;
        return applyTowers(towers[t], mixed, options)[0];
      });
    },
    flopsPerRow: () => 0,
    dispose: () => set.dispose(),
  } satisfies ReturnType<GradientModelDef['build']>;
}

export const unbatchedMmoe: GradientModelDef = { ...mmoe, label: 'MMoE, one expert after another', build };
