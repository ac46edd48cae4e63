// Parses the arguments behind a command.
import { parseSeeds } from '../engine/config/seeds.ts';
import { WorkbenchError } from '../engine/core/errors.ts';
import type { BackendId } from '../engine/protocol/backend.ts';

export interface RunOptions {
  experimentFile?: string;
  preset?: string;
  data?: string;
  'validation-data'?: string;
  'test-data'?: string;
  types?: string;
  split?: string;
  header?: string;
  decimal?: string;
  missing?: string;
  delimiter?: string;
  targets?: string;
  set?: string[];
  seeds?: string;
  backend: string;
  'allow-software-gpu': boolean;
  out?: string;
  events?: string;
  attention: boolean;
  truth?: string;
  weights?: string;
  'save-weights'?: string;
  checkpoint?: string;
  quiet: boolean;
}

export const readSeeds = (text: string | undefined) =>
  text === undefined ? undefined : parseSeeds(text, '--seeds');

export function readBackend(name: string): BackendId | 'auto' {
  if (name === 'auto' || name === 'wasm' || name === 'cpu' || name === 'webgpu') return name;
  throw WorkbenchError.of('config', {
    path: '--backend',
    expected: 'auto, wasm, cpu or webgpu',
    got: name,
    remedy: 'Leave it out for the best one that starts.',
  });
}
