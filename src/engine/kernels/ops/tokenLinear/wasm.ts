// The folded matrix of a linear layer and numeric tokens, on the wasm backend.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { foldTokensGradientKernel, foldTokensKernel } from './index.ts';

const foldTokens =
  (c: WasmContext): NativeKernel<object> =>
  ([weight, bias, tokenWeight, tokenBias]) => {
    const outputs = weight.shape[0] as number;
    const [n, width] = tokenWeight.shape as [number, number];
    const [folded, foldedBias] = [c.output([outputs, n]), c.output([outputs])];
    c.simd.foldForward({
      weight: c.address(weight),
      bias: c.address(bias),
      tokenWeight: c.address(tokenWeight),
      tokenBias: c.address(tokenBias),
      folded: c.address(folded),
      foldedBias: c.address(foldedBias),
      outputs,
      n,
      width,
    });
    return [folded, foldedBias];
  };

const foldTokensGradient =
  (c: WasmContext): NativeKernel<object> =>
  ([dfolded, dbias, weight, tokenWeight, tokenBias]) => {
    const [n, width] = tokenWeight.shape as [number, number];
    const [dweight, dtokenWeight, dtokenBias] = [
      c.output(weight.shape),
      c.output([n, width]),
      c.output([n, width]),
    ];
    const scratch = c.scratch(8 * n * width);
    c.simd.foldBackward({
      dfolded: c.address(dfolded),
      dbias: c.address(dbias),
      weight: c.address(weight),
      tokenWeight: c.address(tokenWeight),
      tokenBias: c.address(tokenBias),
      dweight: c.address(dweight),
      dtokenWeight: c.address(dtokenWeight),
      dtokenBias: c.address(dtokenBias),
      outputs: weight.shape[0] as number,
      n,
      width,
      scratch,
    });
    return [dweight, dtokenWeight, dtokenBias];
  };

export const foldTokensNatives = (c: WasmContext): NativeEntry[] => [
  native(foldTokensKernel, foldTokens(c)),
  native(foldTokensGradientKernel, foldTokensGradient(c)),
];
