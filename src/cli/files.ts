// Files named on the command line.
import { access, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { WorkbenchError } from '../engine/core/errors.ts';
import type { FileInput, WeightsInput } from '../engine/data/source.ts';
import { isCard } from '../engine/weights/card.ts';

export async function readFileInput(option: string, path: string): Promise<FileInput> {
  try {
    return { name: basename(path), bytes: new Uint8Array(await readFile(path)) };
  } catch (error) {
    throw WorkbenchError.of('file', {
      path: option,
      expected: 'a file that can be read',
      got: `${path} (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`,
      remedy: 'Check the path.',
    });
  }
}

/** The weights, and what `model.pt.json` or `model.json` beside them says, where it is about weights of ours. */
export async function readWeightsInput(path: string): Promise<WeightsInput> {
  const weights = await readFileInput('--weights', path);
  for (const place of [`${path}.json`, path.replace(/\.[^./\\]+$/, '.json')]) {
    const exists = await access(place).then(
      () => true,
      () => false,
    );
    const card = exists ? await readFileInput('--weights', place) : null;
    if (card && isCard(card)) return { ...weights, card };
  }
  return weights;
}
