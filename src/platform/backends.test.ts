// Which backend is started, and what is reported when none starts.
import { expect, it } from 'vitest';
import { startBackend } from './backends.ts';

it('reports why the chosen backend did not start', async () => {
  const start = startBackend({ backend: 'webgpu', allowSoftwareAdapter: false }, [
    { id: 'webgpu', start: async () => ({ refused: 'no GPU found.' }) },
  ]);
  await expect(start).rejects.toThrow(
    'backend: expected the backend webgpu, got webgpu: no GPU found. Choose "auto" to use the best one that starts.',
  );
});
