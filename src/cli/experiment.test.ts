// Which of several places a setting comes from.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TargetChoice } from '../engine/config/params.ts';
import { readExperiment } from './experiment.ts';
import { readRunOptions } from './options.ts';

const CARS = join('public', 'data', 'cars.csv');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'multitab-experiment-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = async (...args: string[]) => (await readExperiment(readRunOptions('run', args))).experiment;
const targetsOf = async (...args: string[]) =>
  ((await read(...args)).tasks.targets as TargetChoice[]).map(({ column }) => column);

async function saved(experiment: object): Promise<string> {
  const path = join(folder, 'experiment.json');
  await writeFile(path, JSON.stringify(experiment));
  return path;
}

describe('an experiment of the command line', () => {
  it('takes targets from --targets, else from its own file, else from the preset of that table', async () => {
    const path = await saved({
      data: { id: 'table', params: { file: 'other.csv' } },
      tasks: { targets: [{ column: 'year', type: 'auto' }] },
      training: { epochs: 7 },
    });
    expect(await targetsOf(path, '--data', CARS, '--targets', 'horsepower')).toEqual(['horsepower']);
    expect(await targetsOf(path, '--data', CARS)).toEqual(['year']);
    const ofPreset = await targetsOf('--data', CARS);
    expect(ofPreset.length).toBeGreaterThan(1);
    expect(ofPreset).not.toContain('year');
    const experiment = await read(path, '--data', CARS, '--set', 'training.batchSize=64');
    expect(experiment.data.params.file).toBe('cars.csv');
    expect(experiment.training).toMatchObject({ epochs: 7, batchSize: 64 });
  });

  it('suggests targets for a table that nobody knows', async () => {
    const path = join(folder, 'own.csv');
    await writeFile(path, `a,b\n${Array.from({ length: 60 }, (_, i) => `${i / 7},${i % 2}`).join('\n')}\n`);
    await expect(read('--data', path)).rejects.toThrow(
      /^--targets: expected the columns to predict, out of .*\ba\b.*\bb\b.*, got nothing\. For example --targets '/,
    );
    await expect(read('--data', path, '--targets', '"a')).rejects.toThrow(
      '--targets: expected a list of columns with matching quotes, got "a.',
    );
  });

  it('comes from a file or a preset, and says where it is no JSON', async () => {
    const path = await saved({});
    await expect(read(path, '--preset', 'cars')).rejects.toThrow(
      `--preset: expected an experiment file or a preset, got both, ${path} and cars.`,
    );
    await writeFile(path, '{');
    await expect(read(path)).rejects.toThrow(`${path}: expected an experiment as JSON, got `);
    await expect(read('--preset', 'none')).rejects.toThrow(/^--preset: expected one of .*, got none\./);
    await expect(read('--set', '=1')).rejects.toThrow('--set: expected KEY=VALUE, got =1.');
  });
});
