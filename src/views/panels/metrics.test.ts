import { expect, it } from 'vitest';
import { catalog } from '../../engine/catalog.ts';
import { metricInfo } from './metrics.ts';

it('names the positive class beside the metrics that are about it', () => {
  const label = (id: string, task?: Parameters<typeof metricInfo>[2]) => metricInfo(catalog, id, task).label;
  const kind = { type: 'binary', positive: 'fraud' } as const;
  expect(['auroc', 'f1', 'accuracy', 'log-loss'].map((id) => label(id, kind))).toEqual([
    'AUROC of fraud',
    'F1 of fraud',
    'Accuracy',
    'Log loss',
  ]);
  expect(label('auroc', { type: 'binary' })).toBe('AUROC');
  expect(label('f1', { type: 'multiclass' })).not.toContain('fraud');
});
