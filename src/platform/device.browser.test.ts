import { expect, it } from 'vitest';
import { requestDevice } from './device.ts';

it('asks for what the adapter can do', async () => {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('no adapter, not even in software');
  const device = await requestDevice(adapter);
  expect(device.limits.maxStorageBuffersPerShaderStage).toBe(adapter.limits.maxStorageBuffersPerShaderStage);
  expect(device.limits.maxBufferSize).toBe(adapter.limits.maxBufferSize);
  for (const feature of ['timestamp-query', 'subgroups', 'shader-f16'] as GPUFeatureName[])
    expect(device.features.has(feature)).toBe(adapter.features.has(feature));
  device.destroy();
});
