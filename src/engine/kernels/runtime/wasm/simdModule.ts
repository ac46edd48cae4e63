// The functions of our SIMD module with named arguments, which are defined in its sources (assembly/); simd.generated.ts lists
// the names in order.
import { signatures } from './simd.generated.ts';

declare const IN_MODULE: unique symbol;

/** An address in the memory of the wasm backend; distinct from numbers, so that they cannot be confused. */
export type Address = number & { readonly [IN_MODULE]: true };

/** The address of an absent argument. */
export const NOTHING = 0 as Address;

export const bytesBehind = (address: Address, bytes: number): Address => (address + bytes) as Address;

export const floatsBehind = (address: Address, floats: number): Address => bytesBehind(address, 4 * floats);

type Signatures = typeof signatures;

/** `bytes`: of a stride. */
interface ValueOf {
  address: Address;
  bytes: number;
  integer: number;
  float: number;
}

/** By the name of each argument in the source. */
export type SimdArguments<F extends keyof Signatures> = {
  readonly [A in keyof Signatures[F]]: Signatures[F][A] extends keyof ValueOf
    ? ValueOf[Signatures[F][A]]
    : never;
};

/** Functions that compute a size or a sum return it. */
export type SimdModule = { readonly [F in keyof Signatures]: (given: SimdArguments<F>) => number };

type Exported = (...values: number[]) => number;

/** @param exports - of an instance of the module */
export function bindModule(exports: WebAssembly.Exports): SimdModule {
  const bound = Object.entries(signatures).map(([name, signature]) => {
    const run = exports[name] as Exported;
    const names = Object.keys(signature);
    return [name, (given: Readonly<Record<string, number>>) => run(...names.map((n) => given[n] as number))];
  });
  return Object.fromEntries(bound) as SimdModule;
}
