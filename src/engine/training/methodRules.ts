// Why an experiment cannot use a gradient method: its networks share nothing, or the number of tasks rules out a setting.
import type { Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import { lookUp } from '../core/registry.ts';
import { type GradientMethod, hasFixedWeights } from '../methods/method.ts';
import { methods } from '../methods/registry.ts';
import { sharpnessParams } from '../methods/sharpness.ts';
import { isGrouped } from '../models/inGroups.ts';
import { isBoosted, type ModelDef } from '../models/model.ts';
import { type TrainingSettings, trainingSettings } from './params.ts';

/**
 * Choices that are unsuitable for these networks and tasks, with the reason, given the other training settings.
 * @param training - checked values
 * @param networks - trained networks except the baseline
 */
export function unsuitableChoices(
  training: Params,
  networks: Parameters<typeof methodIssues>[1],
  numTasks: number,
): Record<string, Record<string, string>> {
  const ruledOut = (key: 'weighting' | 'sharpness', values: readonly string[]) =>
    Object.fromEntries(
      values.flatMap((value) => {
        const settings = trainingSettings({ ...training, [key]: value });
        const [issue] = methodIssues(settings, networks, numTasks);
        // Issues of the method's own settings are reported at those settings.
        return issue && /weighting$|sharpness$/.test(issue.path)
          ? [[value, `expected ${issue.expected}`]]
          : [];
      }),
    );
  const sharpness = sharpnessParams.flatMap((p) => (p.key === 'sharpness' ? p.options : []));
  return {
    'training.weighting': ruledOut('weighting', Object.keys(methods)),
    'training.sharpness': ruledOut(
      'sharpness',
      sharpness.map((o) => o.value),
    ),
  };
}

/** @param networks - trained networks except the baseline */
export function methodIssues(
  settings: TrainingSettings,
  networks: readonly { def: ModelDef; params: Params }[],
  numTasks: number,
): Issue[] {
  const defs = networks.map(({ def }) => def);
  const { weighting, sharpness, ofMethod } = settings;
  const method = lookUp<GradientMethod>(methods, weighting, 'training.weighting');
  const issues: Issue[] = [];
  const sharing = defs.filter((def) => !isBoosted(def) && !def.singleTask);
  if (sharing.length === 0) {
    const labels = [...new Set(defs.map((def) => def.label))].join(', ');
    const why = `because ${labels} ${defs.length === 1 ? 'has' : 'have'} no parameters that tasks share`;
    if (weighting !== 'equal')
      issues.push({
        path: 'training.weighting',
        expected: `equal, ${why}`,
        got: weighting,
        remedy: 'Set the weighting to equal, or choose a multitask network.',
      });
    if (sharpness !== 'off')
      issues.push({
        path: 'training.sharpness',
        expected: `off, ${why}`,
        got: sharpness,
        remedy: 'Turn it off, or choose a multitask network.',
      });
  }
  const apart = networks.find(({ def, params }) => isGrouped(def, params));
  if (apart) {
    const why = `because ${apart.def.label} trains groups of tasks in networks of their own`;
    const remedy = 'Leave "Task groups" empty, or take weights that do not depend on all tasks.';
    if (!hasFixedWeights(method))
      issues.push({ path: 'training.weighting', expected: `equal or fixed, ${why}`, got: weighting, remedy });
    if (sharpness !== 'off')
      issues.push({ path: 'training.sharpness', expected: `off, ${why}`, got: sharpness, remedy });
  }
  if (settings.taskPatience > 0 && (!hasFixedWeights(method) || sharpness !== 'off'))
    issues.push({
      path: 'training.taskPatience',
      expected: `0 with ${sharpness === 'off' ? method.label : 'flat minima'}: a task is paused by its weight, which must be equal or fixed`,
      got: String(settings.taskPatience),
      remedy: 'Set it to 0, or take equal or fixed weights without flat minima.',
    });
  if (sharpness === 'sam' && method.needs !== 'losses')
    issues.push({
      path: 'training.sharpness',
      expected: `flat-regions or samo with ${method.label}, which has a gradient per task and no weighted sum to climb`,
      got: sharpness,
      remedy: 'Choose task-based flat regions, SAMO, or a weighting of the losses.',
    });
  if (sharpness !== 'off' && weighting === 'famo')
    issues.push({
      path: 'training.sharpness',
      expected: 'off with FAMO, which measures what its own step did to the losses',
      got: sharpness,
      remedy: 'Turn it off, or choose another weighting.',
    });
  const { trimmed, tawtTarget } = ofMethod;
  if (typeof trimmed === 'number' && 2 * trimmed >= numTasks)
    issues.push({
      path: 'training.trimmed',
      expected: `fewer than half of ${numTasks} tasks`,
      got: String(trimmed),
      remedy: `Trim at most ${Math.floor((numTasks - 1) / 2)}, or take more tasks.`,
    });
  if (typeof tawtTarget === 'number' && tawtTarget > numTasks)
    issues.push({
      path: 'training.tawtTarget',
      expected: `a task from 1 to ${numTasks}, or 0 for all`,
      got: String(tawtTarget),
      remedy: 'Choose one of the tasks of this experiment.',
    });
  return issues;
}
