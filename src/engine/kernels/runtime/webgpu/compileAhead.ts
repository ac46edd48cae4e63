// Compiles the pipelines of a piece of work in parallel, ours and those of tfjs, and words the compiler's errors.
import { WorkbenchError } from '../../../core/errors.ts';
import type { WebgpuInternals } from '../../tfjsInternals.ts';

/** A program that is being compiled. */
export interface Compiling {
  name: string;
  /** Null if the source is not ours. */
  module: GPUShaderModule | null;
  done: Promise<unknown>;
}

/**
 * @throws WorkbenchError (backend) that names a kernel which does not compile, or the work's error, after all compilations have
 *   ended
 * @param ours - returns what our launches within the work requested, read when it is done
 */
export async function compileAhead(
  internals: WebgpuInternals,
  work: () => void,
  ours: () => readonly Compiling[],
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const { device } = internals;
  // Errors of a refused source are reported where its pipeline is awaited.
  device.pushErrorScope('validation');
  const thrown: unknown[] = [];
  const pipelines = internals.compileOnly(() => {
    try {
      work();
    } catch (error) {
      thrown.push(error);
    }
  });
  const refused = device.popErrorScope();
  const all: Compiling[] = [...ours(), ...pipelines.map((theirs) => ({ ...theirs, module: null }))];
  let done = 0;
  if (all.length > 0) onProgress(done, all.length);
  const faults: WorkbenchError[] = [];
  await Promise.all(
    all.map(async (compiling) => {
      try {
        await compiling.done;
        onProgress(++done, all.length);
      } catch (error) {
        faults.push(await faultOf(compiling, error));
      }
    }),
  );
  const error = await refused;
  if (thrown.length > 0) throw thrown[0];
  if (faults[0]) throw faults[0];
  if (error) throw new WorkbenchError('backend', `The GPU refused to prepare its kernels.\n${error.message}`);
}

async function faultOf({ name, module }: Compiling, error: unknown): Promise<WorkbenchError> {
  const info = await module?.getCompilationInfo();
  const said = (info?.messages ?? [])
    .filter((m) => m.type === 'error')
    .map((m) => `Line ${m.lineNum}, column ${m.linePos}: ${m.message}`);
  const lines = said.length > 0 ? said : [error instanceof Error ? error.message : String(error)];
  return new WorkbenchError(
    'backend',
    [
      `The GPU kernel ${name} did not compile`,
      ...lines,
      'Choose wasm as the backend to train here, and please report this with the name of the GPU.',
    ].join('\n'),
  );
}
