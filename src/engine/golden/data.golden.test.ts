// Data files against the reference values, and that the checks detect a wrong value.
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import type { GoldenCheck } from './check.ts';
import { checkGolden } from './checkGolden.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const read = (name: string): Json =>
  JSON.parse(readFileSync(new URL(`./data/${name}.json`, import.meta.url), 'utf8'));

async function checksOf(json: unknown): Promise<GoldenCheck[]> {
  const outcome = await checkGolden(json);
  if ('skipped' in outcome) throw new Error(outcome.skipped);
  return outcome.checks;
}

const failures = (checks: readonly GoldenCheck[]) => checks.filter((c) => !c.passed).map((c) => c.quantity);

/** The JSON with the value at a path replaced. */
function withValue(json: Json, path: readonly (string | number)[], value: Json): Json {
  const copy = structuredClone(json);
  let at = copy as { [key: string]: Json };
  for (const key of path.slice(0, -1)) at = at[key] as { [key: string]: Json };
  at[path.at(-1) as string] = value;
  return copy;
}

describe.each([
  ['generator', 6 * 14],
  ['metrics', 22 * 2],
  ['gain', 10 * 6],
  ['preprocessing', 32 * 4],
  ['auroc', 29 * 5],
])('golden %s', (name, leastChecks) => {
  it('agrees with the reference', async () => {
    const checks = await checksOf(read(name));
    expect(failures(checks)).toEqual([]);
    expect(checks.length).toBeGreaterThanOrEqual(leastChecks);
  });
});

describe.each([
  ['cpu', 'dropout', 145],
  ['wasm', 'dropout', 145],
  ['cpu', 'missing_labels', 230],
  ['wasm', 'missing_labels', 230],
] as const)('on %s, golden %s', (backend, name, leastChecks) => {
  beforeAll(async () => {
    await startNodeBackend({ backend, allowSoftwareAdapter: false });
  });

  it('agrees with the reference and leaves nothing behind', async () => {
    const tensors = tf.memory().numTensors;
    const checks = await checksOf(read(name));
    expect(tf.getBackend()).toBe(backend);
    expect(failures(checks)).toEqual([]);
    expect(checks.length).toBeGreaterThanOrEqual(leastChecks);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe('a wrong reference value is found', () => {
  it.each<[string, (string | number)[], Json, RegExp]>([
    ['generator', ['cases', 0, 'Y', 'data', 3], 9, /labels/],
    ['generator', ['cases', 0, 'W', 'data', 0], 0.5, /W from the stored eigenvectors/],
    ['generator', ['cases', 1, 'P', 'data', 1], 0.7, /W W\^T|P$|eigenvalues/],
    ['generator', ['cases', 2, 'facts', 'pairwise_cosine_W', 0], 0.2, /cosines of W/],
    ['generator', ['population', 2, 'label_mean', 1], 2, /label means/],
    ['generator', ['population', 2, 'label_correlation', 0, 1], 0.4, /label correlations/],
    ['generator', ['without_check', 0, 'min_eigenvalue_P'], 1, /smallest eigenvalue/],
    ['metrics', ['cases', 0, 'expected', 'auroc'], 0.6, /binary_random auroc/],
    ['metrics', ['cases', 6, 'expected', 'auroc'], 0.5, /binary_single_class_0 auroc/],
    ['metrics', ['cases', 8, 'expected', 'f1_macro'], null, /multiclass_3 f1_macro/],
    ['preprocessing', ['cases', 0, 'expected', 'mean'], 0.7326, /plain mean/],
    ['preprocessing', ['cases', 4, 'expected', 'constant'], true, /unix_microseconds_1us constant/],
    ['preprocessing', ['cases', 2, 'expected', 'scale'], 1.06249, /unix_seconds_1s scale/],
    ['preprocessing', ['cases', 1, 'expected', 'standardised', 3], 0.1954, /within_an_hour standardised/],
    ['preprocessing', ['cases', 22, 'expected', 'missing', 1], 0, /missing missing/],
    ['auroc', ['cases', 5, 'expected', 'auroc'], 0.86328125, /saturated_40 auroc/],
    ['auroc', ['cases', 1, 'weights', 3], 0.5, /random_weighted/],
    ['auroc', ['cases', 16, 'expected', 'refused'], false, /nan_logit auroc/],
    ['auroc', ['cases', 13, 'expected', 'auroc'], 0.5, /one_class_positive auroc/],
    ['auroc', ['cases', 21, 'expected', 'auroc_per_class', 1], 0.80511, /multi_weighted auroc_per_class/],
    ['missing_labels', ['cases', 1, 'heads', 0, 'targets', 4], null, /regression_missing loss/],
    ['missing_labels', ['cases', 3, 'expected', 'losses', 0], 1e-9, /regression_no_label loss/],
    ['missing_labels', ['cases', 5, 'expected', 'gradients', 0, 'data', 0], 1e-3, /binary_missing gradient/],
    ['missing_labels', ['cases', 20, 'expected', 'labelled_rows'], 40, /regression_missing labelled rows/],
    ['missing_labels', ['cases', 22, 'expected', 'mse'], 1, /regression_no_label mse/],
    ['missing_labels', ['cases', 29, 'expected', 'f1_macro'], 0.9, /multiclass_missing f1_macro/],
    ['gain', ['cases', 0, 'expected', 'mean_percent'], 0, /auroc_two_tasks mean/],
    ['gain', ['cases', 4, 'expected', 'negative_baseline_tasks'], [], /negative baselines/],
    ['gain', ['cases', 6, 'expected', 'delta_percent_per_task', 0], 0, /zero_baseline percent by baseline/],
    ['gain', ['cases', 0, 'tasks', 0, 'lower_is_better'], true, /direction/],
    ['dropout', ['mask_examples', 1, 'keep', 5], 1, /mask of rate 0.5/],
    ['dropout', ['mask_quality', 0, 'kept_share'], 0.9, /kept share at rate 0.1/],
    ['dropout', ['mask_quality', 1, 'bound_4_sigma'], 0.01, /following steps at rate 0.3/],
    ['dropout', ['cases', 0, 'key', 'step'], 264, /encoder_attention_only mask of attention/],
    ['dropout', ['cases', 0, 'expectation', 'mean', 'data', 7], 0.5, /attention_only mean over masks/],
    ['dropout', ['cases', 0, 'settings', 'feedForwardDropout'], 0.3, /encoder_attention_only output train/],
    ['dropout', ['cases', 1, 'expectation', 'variance', 'data', 0], 50, /feed_forward_only variance/],
    ['dropout', ['cases', 2, 'settings', 'blocked'], null, /encoder_both_TxT output eval/],
    ['dropout', ['cases', 4, 'keep', 'skip', 1, 'data', 0], 0.5, /encoder_skip mask of second skip/],
    ['dropout', ['cases', 5, 'gradients_train', 'mlp.1.1.bias', 'data', 0], 9, /mlp.1.1.bias/],
    ['dropout', ['cases', 5, 'buffers_after_train', 'mlp.0.1.running_var', 'data', 0], 9, /running_var/],
    ['dropout', ['cases', 7, 'kind'], 'tree', /tower_plain kind/],
    ['affinity', ['cases', 0, 'gram', 0, 1], 0.05, /tanh_6_5 gram/],
    ['affinity', ['cases', 0, 'conflicts', 0, 1], true, /conflicts/],
    ['affinity', ['cases', 0, 'tag_affinity', 1, 2], 0.0035, /tag affinity/],
    ['affinity', ['cases', 0, 'cka', 0, 1], 0.5, /cka of our activations/],
    ['affinity', ['cases', 0, 'activations', 'shared.1', 'data', 3], 0.5, /activations shared.1$/],
    ['affinity', ['cases', 0, 'activations', 'shared.1 after a step of bin', 'data', 0], 9, /step of bin$/],
    ['affinity', ['cases', 0, 'sam', 'all_parameters', 'parameters_after', 70], 9, /after a step of sam/],
    ['affinity', ['cases', 0, 'tawt', 1, 'weights_after', 0], 0.3, /tawt of target 2/],
    ['affinity', ['cases', 0, 'sam', 'shared_only', 'sam_gradient', 0], 0, /sam of shared parameters/],
    ['affinity', ['cases', 0, 'flat_regions', 1, 'mean', 'direction', 0], -0.0585, /flat regions 2 mean/],
    [
      'affinity',
      ['cases', 0, 'flat_regions', 1, 'tasks', 1, 'sam_gradient_head', 0],
      -0.143,
      /flat regions 2 heads/,
    ],
    [
      'affinity',
      ['cases', 0, 'flat_regions', 0, 'pcgrad_ascending', 'direction', 0],
      -0.1775,
      /regions 1 pcgrad/,
    ],
    ['methods', ['cases', 0, 'steps', 2, 'direction', 1], 9, /db-mtl 0 step 3 direction/],
    ['methods', ['cases', 1, 'steps', 3, 'own', 1], 1, /db-mtl 1 step 4 own/],
    ['methods', ['cases', 4, 'steps', 5, 'own', 0], 1, /excess-mtl 4 step 6 own/],
    ['methods', ['samo', 'runs', 1, 'shared', 0, 0], 9, /samo 1 task 1 shared/],
    ['methods', ['samo', 'runs', 4, 'own', 5], 9, /samo 4 task 2 heads/],
    ['weighting', ['cases', 1, 'methods', 'mgda', 'direction', 0], 3, /t2_conflict mgda direction/],
    ['weighting', ['cases', 9, 'methods', 'cagrad_0.4', 'weights', 1], 0.5, /t5_random cagrad_0.4 weights/],
    ['weighting', ['cases', 10, 'methods', 'upgrad', 'regularised', 'direction', 2], 1, /upgrad regularised/],
    ['weighting', ['cases', 13, 'methods', 'nash_mtl', 'weights', 4], 0.1, /t8_random nash_mtl weights/],
    [
      'weighting',
      ['cases', 15, 'methods', 'nash_mtl', 'weights'],
      null,
      /nash_mtl: says there is no solution/,
    ],
    [
      'weighting',
      ['cases', 2, 'methods', 'gradvac', 1, 'steps', 2, 'direction', 0],
      9,
      /gradvac run 1 step 3/,
    ],
    ['weighting', ['cases', 6, 'methods', 'gradvac', 0, 'steps', 1, 'state_after', 2, 0], 0, /step 2 state/],
    ['weighting', ['cases', 3, 'methods', 'mean', 'direction', 0], 9, /t2_inside mean/],
    ['weighting', ['cases', 3, 'methods', 'cagrad'], {}, /cagrad/],
    [
      'weighting',
      ['cases', 17, 'methods', 'uw', 'log_variance_after', 5, 0],
      9,
      /uw step 6 logVariance after/,
    ],
    ['weighting', ['cases', 17, 'methods', 'imtl_l', 'initial', 1], 0.1, /imtl_l step 1 task 2/],
    ['weighting', ['cases', 17, 'methods', 'famo_sgd', 'minimum_losses', 1], 0.1, /famo_sgd/],
    ['weighting', ['cases', 17, 'methods', 'stch', 'preference', 0], 0.3, /t2 stch/],
    ['weighting', ['cases', 4, 'methods', 'pcgrad_expected', 'direction', 1], 9, /pcgrad_expected/],
    ['weighting', ['cases', 4, 'methods', 'graddrop', 'runs', 1, 'direction', 1], 9, /graddrop run 1/],
    ['weighting', ['cases', 12, 'methods', 'trimmed_mean_2', 'direction', 1], 9, /trimmed_mean_2/],
    ['weighting', ['cases', 18, 'methods', 'famo_adam', 'weights', 5, 0], 0.5, /famo_adam step 6 task 1/],
    ['weighting', ['cases', 17, 'methods', 'rlw', 'weights', 2, 0], 0.5, /rlw step 3 task 1/],
    ['weighting', ['cases', 19, 'methods', 'gradnorm_softmax', 'weights', 5, 4], 9, /softmax step 6 task 5/],
  ])('%s %j', async (name, path, value, quantity) => {
    const found = failures(await checksOf(withValue(read(name), path, value)));
    expect(
      found.some((q) => quantity.test(q)),
      found.join('; '),
    ).toBe(true);
  });
});

it('skips a kind that has no check yet, by its name', async () => {
  expect(await checkGolden({ kind: 'no-such-kind', cases: [{}] })).toEqual({
    skipped: expect.stringContaining('no-such-kind'),
  });
});

it('says what a file must hold when it is none of the kinds', async () => {
  await expect(checkGolden({ models: [] }, 'index.json')).rejects.toThrow(
    /index\.json: expected a model case/,
  );
  await expect(checkGolden(null)).rejects.toThrow(/expected a model case/);
});
