// The benches of `npm run bench:all` and `npm run bench:guard`, in order, with their options: ratios are compared only if the
// options are the same. A new bench is a line here, and calls `recordFigures`.

export interface Bench {
  id: string;
  title: string;
  /** The file below bench/, and its options. */
  run: readonly string[];
  /** Python packages that it needs; it then gets `--python COMMAND`. */
  python?: readonly string[];
  /** Measures what networks learn, not speed, and takes up to hours: only with `--quality`. */
  quality?: true;
}

const inBrowser = (backend: string, ...more: string[]) => [
  'run.ts',
  '--browser',
  '--backend',
  backend,
  '--quick',
  ...more,
];

export const BENCHES: readonly Bench[] = [
  {
    id: 'step',
    title: 'Training step, wasm, batch 256',
    run: inBrowser('wasm', '--torch', '--rounds', '5'),
    python: ['torch'],
  },
  {
    id: 'large-steps',
    title: 'Training step, wasm, batch 2,048',
    run: ['run.ts', '--quick', '--torch', '--rounds', '5', '--steps', '1', '--batches', '2048', '--main'],
    python: ['torch'],
  },
  {
    id: 'webgpu',
    title: 'Training step, WebGPU on a software adapter, batch 32',
    run: inBrowser('webgpu', '--rounds', '3'),
  },
  { id: 'attention', title: 'Attention kernel, wasm', run: ['attention.ts'] },
  { id: 'sparse', title: 'MMoE with sparse gates, wasm', run: ['sparseGates.ts'] },
  { id: 'relations', title: 'Steps with task gradients, wasm', run: ['relations.ts'] },
  {
    id: 'trees',
    title: 'Histogram boosting',
    run: ['trees.ts', '--rounds', '3'],
    python: ['sklearn'],
  },
  { id: 'large', title: 'Large tables', run: ['largeTables.ts'] },
  { id: 'load', title: 'Loading a CSV of a million rows', run: ['load.ts', '--rounds', '1'] },
  {
    id: 'first-step',
    title: 'From Run to the first step, WebGPU on a software adapter',
    run: ['firstStep.ts', '--rounds', '1'],
  },
  { id: 'start', title: 'From Run to the first step, wasm in Node', run: ['start.ts'] },
  { id: 'first-paint', title: 'First visit on a slow machine', run: ['firstPaint.ts'] },
  { id: 'map', title: 'Large attention maps', run: ['map.ts'] },
  { id: 'runs', title: 'The list of 2,000 kept runs', run: ['runs.ts'] },
  { id: 'pool', title: 'Runs of a sweep at a time', run: ['pool.ts', '2', '1'] },
  { id: 'transfer', title: 'When sharing pays', run: ['transfer.ts'], quality: true },
  { id: 'quality', title: 'Quality on the preset reference', run: ['quality.ts'], quality: true },
  {
    id: 'boosting',
    title: 'Models and trees beside scikit-learn',
    run: ['boosting.ts'],
    python: ['sklearn'],
    quality: true,
  },
  { id: 'defaults', title: 'Initial values and learning rates', run: ['defaults.ts'], quality: true },
];

/**
 * @param ids - of benches; empty for all, without the quality ones unless `quality`
 * @throws Error if an id is unknown
 */
export function chosen(ids: readonly string[], quality: boolean): Bench[] {
  const unknown = ids.find((id) => !BENCHES.some((bench) => bench.id === id));
  if (unknown !== undefined)
    throw new Error(`expected some of ${BENCHES.map(({ id }) => id).join(', ')}, got '${unknown}'.`);
  return BENCHES.filter((bench) => (ids.length > 0 ? ids.includes(bench.id) : quality || !bench.quality));
}
