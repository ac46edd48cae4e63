// The only source of randomness in the engine. A generator is addressed by (seed, scope, index), so adding a consumer never
// changes the numbers of another, and a resumed run draws the numbers of an uninterrupted one.
import { hashWords } from './hash.ts';

export interface Rng {
  /** Uniform integer in [0, 2^32). */
  uint32(): number;
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal (Box and Muller 1958); pairs are cached. */
  normal(): number;
  /** Uniform integer in [0, n). */
  int(n: number): number;
  /** Fisher-Yates shuffle in place; returns its argument. */
  shuffle<T extends { [i: number]: number; length: number }>(values: T): T;
}

/**
 * A seeded generator for one purpose.
 * @param seed - the experiment's seed, any integer
 * @param scope - the purpose, e.g. `data/noise`, `init/tower`, `batches`
 * @param index - counter within the scope: epoch, task, chunk
 * Source: sfc32 of the PractRand suite (Doty-Humphrey), period about 2^127.
 */
export function rng(seed: number, scope: string, index = 0): Rng {
  let [a, b, c, d] = hashWords(`${seed}|${scope}|${index}`);
  const uint32 = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) uint32();
  const uniform = () => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992;
  let spare: number | null = null;
  const normal = (): number => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const int = (n: number) => Math.floor(uniform() * n);
  return {
    uint32,
    uniform,
    normal,
    int,
    shuffle(values) {
      for (let i = values.length - 1; i > 0; i--) {
        const j = int(i + 1);
        const held = values[i];
        values[i] = values[j];
        values[j] = held;
      }
      return values;
    },
  };
}
