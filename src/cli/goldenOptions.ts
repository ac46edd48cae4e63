// The options of `npm run golden`.
import { join } from 'node:path';
import { WorkbenchError } from '../engine/core/errors.ts';
import type { BackendId } from '../engine/protocol/backend.ts';
import { readArguments } from './arguments.ts';

export const OWN_CASES = join('src', 'engine', 'golden', 'data');
export const GOLDEN_HELP = `npm run golden -- [--dir DIR] [--backend NAME]

  --dir DIR       the folder of cases (default: ${OWN_CASES})
  --backend NAME  cpu, wasm (default) or webgpu

Exit codes: 0 all passed; 1 some failed; 2 not understood.
`;
const READER = { name: 'golden', help: 'Run "npm run golden -- --help" for what they mean.' };

/** @throws WorkbenchError (config) */
export function readGoldenOptions(args: readonly string[]): { dir: string; backend: BackendId } {
  const { values, positionals } = readArguments(READER, args, {
    dir: { type: 'string', default: OWN_CASES },
    backend: { type: 'string', default: 'wasm' },
  });
  const refuse = (path: string, expected: string, got: string, remedy: string): never => {
    throw WorkbenchError.of('config', { path: `golden${path}`, expected, got, remedy });
  };
  const [word] = positionals;
  if (word !== undefined) refuse('', 'options alone', word, 'Give a folder as --dir DIR.');
  const backend = (['cpu', 'wasm', 'webgpu'] as const).find((id) => id === values.backend);
  if (!backend) return refuse(', --backend', 'cpu, wasm or webgpu', values.backend, 'Leave it out for wasm.');
  return { dir: values.dir, backend };
}
