// A few golden cases on every backend of a browser. WebGPU runs on the software adapter, so the subset is small: masks,
// attention between rows with rotary positions, batch norm, experts with gates of every kind, networks side by side, and
// dropout.
import { beforeAll, describe, expect, it } from 'vitest';
import { startBrowserBackend } from '../../platform/browser.ts';
import { checkGolden } from './checkGolden.ts';
import dropoutFile from './data/dropout.json';
import groups from './data/home.json';
import missingLabels from './data/missing_labels.json';
import partlyLabelled from './data/missing_mt_mlp.json';
import experts from './data/mmoe.json';
import bothMasks from './data/mtt_col_FxT_TxT.json';
import asReleased from './data/mtt_rowcol_rope_TxT.json';
import rotary from './data/mtt_rowcol_rope_TxT_fixed.json';
import rowsPerTask from './data/saint_rope_fixed.json';
import singleTask from './data/st_mlp.json';
import detached from './data/stem_2layers_fixed.json';
import categorical from './data/tab_transformer.json';
import weights from './data/weighting_settings.json';

const cases: Record<string, unknown> = {
  bothMasks,
  rotary,
  asReleased,
  singleTask,
  experts,
  detached,
  rowsPerTask,
  categorical,
  groups,
  partlyLabelled,
  missingLabels,
  lossWeights: { ...weights, cases: weights.cases.filter((c) => c.case === 'losses_t4_settings') },
  // Means over hundreds of masks are left to Node: the masks are the same here.
  dropout: { ...dropoutFile, cases: dropoutFile.cases.map((c) => ({ ...c, expectation: undefined })) },
};

for (const backend of ['cpu', 'wasm', 'webgpu'] as const) {
  describe(`golden cases on ${backend}`, () => {
    const deviceErrors: string[] = [];

    beforeAll(async () => {
      const report = await startBrowserBackend({ backend, allowSoftwareAdapter: true }, (message) =>
        deviceErrors.push(message),
      );
      expect(report.active).toBe(backend);
    });

    for (const [name, golden] of Object.entries(cases)) {
      it(`${name} agrees with PyTorch`, async () => {
        const outcome = await checkGolden(golden);
        if ('skipped' in outcome) throw new Error(outcome.skipped);
        expect(outcome.checks.length).toBeGreaterThan(100);
        expect(outcome.checks.filter((c) => !c.passed)).toEqual([]);
        expect(deviceErrors).toEqual([]);
      });
    }
  });
}
