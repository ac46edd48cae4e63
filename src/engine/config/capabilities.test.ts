import { expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { can, labelsWith } from './capabilities.ts';

it('names the architectures that have something to look into', () => {
  const { models } = catalog;
  expect(labelsWith(models, 'attention')).toBe('MultiTab-Net, FT-Transformer, TabTransformer and SAINT');
  expect(labelsWith(models, 'experts')).toBe('MMoE, PLE, STEM and HoME');
  expect(labelsWith(models, 'masks')).toBe('MultiTab-Net');
  expect(can(models, 'mmoe', 'experts')).toBe(true);
  expect(can(models, 'mmoe', 'attention')).toBe(false);
});
