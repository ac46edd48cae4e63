// Which checkpoints a run can go on from.
import { WorkbenchError } from '../core/errors.ts';
import { CHECKPOINT_VERSION } from '../protocol/checkpoint.ts';

/** @throws WorkbenchError (file) for a checkpoint whose epochs were chosen by another rule than those to come */
export function requireCurrent({ version }: { version: number }): void {
  if (version === CHECKPOINT_VERSION) return;
  throw WorkbenchError.of('file', {
    path: 'checkpoint.version',
    expected: String(CHECKPOINT_VERSION),
    got: String(version),
    remedy: 'It was written by another version of the workbench: go on there, or run again from the start.',
  });
}
