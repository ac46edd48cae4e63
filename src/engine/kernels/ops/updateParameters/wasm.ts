// The end of a training step on the wasm backend: parameters are changed in place by the SIMD module.
import { getKernelMode } from '../../runtime/backendRuntime.ts';
import { runAsKernel } from '../../runtime/observe.ts';
import type { FastStep, NativeUpdater } from '../../runtime/updater.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { PlainUpdater, type StepInPlace } from './index.ts';

const inPlace =
  (
    c: WasmContext,
    { kernel, numbers }: FastStep<string>,
    run: NonNullable<FastStep<string>['wasm']>,
  ): StepInPlace =>
  (parameter, gradient, slots, at, gradientScale) => {
    const changed = [parameter, ...slots];
    if (getKernelMode() !== 'native' || !changed.every((t) => c.isSoleOwner(t))) return false;
    runAsKernel(kernel, { reads: [...changed, gradient], writes: changed }, () => {
      const places = {
        values: c.address(parameter),
        gradients: c.address(gradient),
        slots: slots.map((slot) => c.address(slot)),
        size: parameter.size,
        gradientScale,
      };
      run(c.simd, places, numbers(at));
      for (const t of changed) c.forgetCopies(t);
    });
    return true;
  };

export const updateParameters =
  (c: WasmContext): NativeUpdater =>
  (options) => {
    const { fast } = options.rule.optimizer;
    return fast?.wasm ? new PlainUpdater(options, inPlace(c, fast, fast.wasm)) : null;
  };
