// Why an experiment cannot use a gradient method: its networks share nothing, or the number of tasks rules out a setting.
import type { Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import { lookUp } from '../core/registry.ts';
import { type GradientMethod, hasFixedWeights } from '../methods/method.ts';
import { methods } from '../methods/registry.ts';
import { isGrouped } from '../models/inGroups.ts';
import { isBoosted, type ModelDef } from '../models/model.ts';
import type { TrainingSettings } from './params.ts';

/** @param networks - that are trained, but for the baseline */
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
    const remedy = 'Leave "Trained together" empty, or take weights that do not depend on all tasks.';
    if (!hasFixedWeights(method))
      issues.push({ path: 'training.weighting', expected: `equal or fixed, ${why}`, got: weighting, remedy });
    if (sharpness !== 'off')
      issues.push({ path: 'training.sharpness', expected: `off, ${why}`, got: sharpness, remedy });
  }
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
