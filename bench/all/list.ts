// The benches of `npm run bench:all` and `npm run bench:guard`, in order, with their options: ratios are compared only if the
// options are the same. A new bench is a line here, and calls `recordFigures`.

export interface Bench {
  id: string;
  title: string;
  /** The file below bench/, and its options. */
  run: readonly string[];
  /** The same at a size for a look of a minute or two; of quality benches there is none. */
  small?: readonly string[];
  /** Python packages that it needs; it then gets `--python COMMAND`. */
  python?: readonly string[];
  /** Measures the production build of the page. */
  page?: true;
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
const inNode = (...more: string[]) => ['run.ts', '--quick', '--torch', ...more];

export const BENCHES: readonly Bench[] = [
  {
    id: 'step',
    title: 'Training step, wasm in Node, batch 256',
    run: inNode('--rounds', '5'),
    small: inNode('--rounds', '3', '--steps', '1'),
    python: ['torch'],
  },
  {
    id: 'browser-step',
    title: 'Training step, wasm in a browser, batch 256',
    run: inBrowser('wasm', '--torch', '--rounds', '5'),
    small: inBrowser('wasm', '--rounds', '1', '--main'),
    python: ['torch'],
  },
  {
    id: 'large-steps',
    title: 'Training step, wasm in Node, batch 2,048',
    run: inNode('--rounds', '5', '--steps', '1', '--batches', '2048', '--main'),
    small: inNode('--rounds', '1', '--steps', '1', '--batches', '2048', '--main', '--without', 'jax-js'),
    python: ['torch'],
  },
  {
    id: 'webgpu',
    title: 'Training step, WebGPU on a software adapter, batch 32',
    run: inBrowser('webgpu', '--rounds', '3'),
    small: inBrowser('webgpu', '--rounds', '1', '--main'),
  },
  {
    id: 'attention',
    title: 'Attention kernel, wasm',
    run: ['attention.ts'],
    small: ['attention.ts', '--rows', '512'],
  },
  {
    id: 'sparse',
    title: 'MMoE with sparse gates, wasm',
    run: ['sparseGates.ts'],
    small: ['sparseGates.ts', '--rounds', '3'],
  },
  {
    id: 'relations',
    title: 'Steps with task gradients, wasm',
    run: ['relations.ts'],
    small: ['relations.ts', '--rounds', '3'],
  },
  {
    id: 'trees',
    title: 'Histogram boosting',
    run: ['trees.ts', '--rounds', '3'],
    small: ['trees.ts', '--rounds', '3', '--rows', '20000', '--trees', '20'],
    python: ['sklearn'],
  },
  {
    id: 'large',
    title: 'Large tables',
    run: ['largeTables.ts'],
    small: ['largeTables.ts', '--rows', '100000', '--run-rows', '10000'],
  },
  {
    id: 'load',
    title: 'Loading a CSV of a million rows',
    run: ['load.ts', '--rounds', '1'],
    small: ['load.ts', '--rounds', '1', '--rows', '50000'],
  },
  {
    id: 'first-step',
    title: 'From Run to the first step, WebGPU on a software adapter',
    run: ['firstStep.ts', '--rounds', '1'],
    small: ['firstStep.ts', '--rounds', '1', '--only', 'MMoE'],
  },
  {
    id: 'start',
    title: 'From Run to the first step, wasm in Node',
    run: ['start.ts'],
    small: ['start.ts', '--rounds', '1'],
  },
  {
    id: 'page-start',
    title: 'From Run to the first step, wasm in the page',
    run: ['pageStart.ts'],
    small: ['pageStart.ts', '--rounds', '1'],
    page: true,
  },
  {
    id: 'first-paint',
    title: 'First visit on a slow machine',
    run: ['firstPaint.ts'],
    small: ['firstPaint.ts', '--rounds', '1'],
    page: true,
  },
  {
    id: 'map',
    title: 'Large attention maps',
    run: ['map.ts'],
    small: ['map.ts', '--rounds', '1'],
    page: true,
  },
  {
    id: 'tabs',
    title: 'Opening a tab for the first time',
    run: ['tabs.ts'],
    small: ['tabs.ts', '--rounds', '1'],
    page: true,
  },
  {
    id: 'runs',
    title: 'The list of 2,000 kept runs',
    run: ['runs.ts'],
    small: ['runs.ts', '--rounds', '1'],
    page: true,
  },
  {
    id: 'pool',
    title: 'Runs of a sweep at a time',
    run: ['pool.ts', '2', '1'],
    small: ['pool.ts', '2', '1', '4'],
    page: true,
  },
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

/** Whole: the size that figures are published at. */
export type Size = 'whole' | 'small';

/** @returns the file and its options; quality benches have one size */
export const commandOf = ({ run, small }: Bench, size: Size): readonly string[] =>
  size === 'small' ? (small ?? run) : run;

/**
 * The size that recorded figures are of: ratios of one size say nothing about the other.
 * @param command - as recorded
 * @returns null if the bench had other options then
 */
export const sizeOf = (bench: Bench, command: string): Size | null =>
  (['whole', 'small'] as const).find((size) => lineOf(commandOf(bench, size)) === command) ?? null;

/** What to type to run a bench alone. */
export const lineOf = (command: readonly string[]): string => `node --import tsx bench/${command.join(' ')}`;
