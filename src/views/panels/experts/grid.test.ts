import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExpertLayer } from '../../../engine/protocol/experts.ts';
import {
  blockedOf,
  chooseLayer,
  chosenCell,
  expertName,
  explainCell,
  gridOf,
  scaleOf,
  taskNames,
} from './grid.ts';
import { anyLayer, gateOf, SMALL_LAYER } from './testing.ts';

describe('gridOf', () => {
  it('has every expert once, grouped by owner, and the weights where they belong', () => {
    fc.assert(
      fc.property(anyLayer, (layer) => {
        const grid = gridOf(layer);
        const count = layer.experts.length;
        expect([...grid.experts].sort((a, b) => a - b)).toEqual(layer.experts.map((_, i) => i));
        expect(grid.columnGroups.length).toBeLessThanOrEqual(3);
        for (const groups of [grid.columnGroups, grid.rowGroups])
          expect(groups.every((g) => g.size > 0)).toBe(true);
        expect(grid.columnGroups.reduce((sum, g) => sum + g.size, 0)).toBe(count);
        expect(grid.rowGroups.reduce((sum, g) => sum + g.size, 0)).toBe(layer.gates.length);
        layer.gates.forEach((gate, row) => {
          grid.experts.forEach((expert, column) => {
            const place = gate.experts.indexOf(expert);
            expect(grid.means[row * count + column]).toBe(place < 0 ? Number.NaN : gate.mean[place]);
          });
        });
      }),
    );
  });

  it('puts experts of tasks before shared ones', () => {
    const grid = gridOf(SMALL_LAYER);
    expect(grid.expertLabels).toEqual(['T1 · expert 0', 'T2 · expert 0', 'shared expert 0']);
    expect(grid.columnGroups).toEqual([
      { name: 'task experts', size: 2 },
      { name: 'shared', size: 1 },
    ]);
    expect(grid.rowGroups).toEqual([
      { name: 'tasks', size: 2 },
      { name: 'shared', size: 1 },
    ]);
    expect(grid.gateLabels).toEqual(['T1', 'T2', 'shared']);
  });

  it('needs no names of groups where all gates feed tasks', () => {
    const layer = { ...SMALL_LAYER, gates: SMALL_LAYER.gates.slice(0, 2) };
    expect(gridOf(layer).rowGroups).toEqual([{ name: '', size: 2 }]);
  });
});

describe('colours', () => {
  it('hatch exactly the cells without weight', () => {
    fc.assert(
      fc.property(anyLayer, (layer) => {
        const grid = gridOf(layer);
        expect([...blockedOf(grid)]).toEqual([...grid.means].map((mean) => Number(Number.isNaN(mean))));
      }),
    );
  });

  it('end at the largest mean of all layers', () => {
    expect(scaleOf([SMALL_LAYER])).toMatchObject({ high: 0.75, kind: 'linear' });
    expect(scaleOf([]).high).toBe(0);
    // The run in the other column has the same scale.
    expect(scaleOf([], [SMALL_LAYER])).toMatchObject({
      high: 0.75,
      ends: { note: 'linear scale, same for both runs' },
    });
  });
});

describe('explainCell', () => {
  it('names gate and expert, mean, quantiles and rank', () => {
    const cell = explainCell(SMALL_LAYER, gridOf(SMALL_LAYER), 1, 1);
    expect(cell.title).toBe('gate T2 → expert T2 · expert 0');
    expect(cell.pairs.map(({ label, value }) => `${label} ${value}`)).toEqual([
      'Mean weight 0.2500',
      'If even 0.5000',
      'Median 0.2500',
      'Least and most 0.0000 – 0.5000',
      'Rank in gate 2 of 2',
    ]);
  });

  it('tells what a sparse gate never chooses from what it weights little', () => {
    const gate = {
      ...gateOf('task1', 0, [0, 1, 2], [1, 0, 0, 0.9, 0.1, 0]),
      chosen: Float32Array.of(1, 0.5, 0),
    };
    const layer = { ...SMALL_LAYER, gates: [gate] };
    const grid = gridOf(layer);
    expect(grid.means[grid.experts.indexOf(1)]).toBeCloseTo(0.05, 6);
    expect(grid.means[grid.experts.indexOf(2)]).toBeNaN();
    const pairs = (expert: number) => explainCell(layer, grid, 0, grid.experts.indexOf(expert)).pairs;
    expect(pairs(2)).toEqual([{ label: 'Weight', value: 'not chosen in any row' }]);
    expect(pairs(1)).toContainEqual({ label: 'Chosen in', value: '50.0\u00a0% of the rows' });
    expect(pairs(1)).toContainEqual({ label: 'Median where chosen', value: '0.1000' });
  });

  it('says when the gate does not weight the expert', () => {
    const cell = explainCell(SMALL_LAYER, gridOf(SMALL_LAYER), 0, 1);
    expect(cell.pairs).toEqual([{ label: 'Weight', value: 'not weighted by this gate' }]);
  });
});

describe('what is chosen', () => {
  it('stays within the layer', () => {
    fc.assert(
      fc.property(anyLayer, fc.nat(20), fc.nat(20), (layer, gate, expert) => {
        const grid = gridOf(layer);
        const { row, column } = chosenCell(grid, { layer: 0, gate, expert });
        expect(layer.gates[row]).toBeDefined();
        expect(grid.experts[column]).toBe(Math.min(expert, layer.experts.length - 1));
      }),
    );
  });

  it('takes the nearest layer', () => {
    const layers = [0, 2].map((layer): ExpertLayer => ({ ...SMALL_LAYER, layer }));
    expect(chooseLayer(layers, 2)?.layer).toBe(2);
    expect(chooseLayer(layers, 9)?.layer).toBe(2);
    expect(chooseLayer(layers, 1)?.layer).toBe(0);
    expect(chooseLayer([], 0)).toBeNull();
  });
});

it('names are short for numbered tasks only', () => {
  expect(expertName('task12 3')).toBe('T12 · expert 3');
  expect(expertName('annual income 3')).toBe('annual income · expert 3');
  expect(expertName('expert 3')).toBe('expert 3');
  expect(taskNames([SMALL_LAYER])).toEqual(['task1', 'task2']);
});
