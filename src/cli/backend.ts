// Starts the backend that the options of a command ask for.
import { startNodeBackend } from '../platform/node.ts';
import { type RunOptions, readBackend } from './options.ts';

export const startBackendOf = (options: Pick<RunOptions, 'backend' | 'allow-software-gpu'>) =>
  startNodeBackend({
    backend: readBackend(options.backend),
    allowSoftwareAdapter: options['allow-software-gpu'],
  });
