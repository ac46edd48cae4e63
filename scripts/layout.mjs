// The rules of the layout (docs/architecture.md), as `npm run lint` checks them: imports go one way and never in a circle, the
// page does not import TensorFlow.js, files stay short, and no cast goes through `unknown`. The functions work on texts, so
// that tests can break a rule.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Folders and files below `src`, from the bottom up. A file may import its own folder and those of earlier rows in this list.
 */
export const rows = [
  ['engine/core'],
  ['engine/config'],
  ['engine/masks', 'engine/data'],
  ['engine/kernels', 'engine/trees'],
  ['engine/tasks', 'engine/optimizers', 'engine/layers'],
  ['engine/models'],
  ['engine/weights', 'engine/protocol', 'engine/methods'],
  ['engine/training', 'engine/sweeps'],
  ['engine/report'],
  ['engine/analysis'],
  ['engine/probes', 'engine/golden'],
  ['engine/catalog.ts'],
  ['platform'],
  ['worker', 'cli'],
];

/**
 * The page, from the bottom up. It may import those parts of the engine that do not lead to TensorFlow.js, and never
 * `platform`, `worker` or `cli`.
 */
export const pageRows = [['client'], ['store'], ['views'], ['main.tsx']];

const MAX_LINES = 400;
const TENSORFLOW = '@tensorflow/';
/** The only file that may cast, because TensorFlow.js hides these types. */
const SEAM = 'engine/kernels/tfjsInternals.ts';

/** @typedef {{ target: string, isType: boolean }} Import */

const STATEMENT =
  /(?:import|export)\s+(type\s)?[^;'"]*?\sfrom\s+'([^']+)'|import\s+'([^']+)'|import\('([^']+)'\)/g;

/** @param {string} file - below `src` @param {string} text @returns {Import[]} */
export function importsOf(file, text) {
  return [...text.matchAll(STATEMENT)].map((match) => {
    const name = (match[2] ?? match[3] ?? match[4] ?? '').replace(/\?.*$/, '');
    const target = name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : name;
    return { target, isType: match[1] !== undefined };
  });
}

/** @param {string} file - below `src` */
export const isTest = (file) =>
  /\.test\.tsx?$/.test(file) || /(^|\/)(testing(\/|\.ts)|\w*Testing\.ts)/.test(file);

/** @param {string} file @param {readonly string[]} places */
const isIn = (file, places) => places.some((place) => file === place || file.startsWith(`${place}/`));

/** @param {string} file @param {readonly (readonly string[])[]} list */
const rowOf = (file, list) => list.findIndex((places) => isIn(file, places));

/** @param {string} file @param {string} target @returns {boolean} whether `file` may import `target` */
export function mayImport(file, target) {
  const [from, to] = [rowOf(file, rows), rowOf(target, rows)];
  if (from >= 0) {
    const own = rows[from]?.find((place) => isIn(file, [place])) ?? '';
    return to >= 0 && (to < from || isIn(target, [own]));
  }
  const [fromPage, toPage] = [rowOf(file, pageRows), rowOf(target, pageRows)];
  if (fromPage < 0) return true;
  return toPage >= 0 ? toPage <= fromPage : target.startsWith('engine/');
}

/** @param {ReadonlyMap<string, Import[]>} graph @returns {string[][]} groups of files that import each other in a circle */
export function circlesIn(graph) {
  /** @type {Map<string, number>} */
  const index = new Map();
  /** @type {Map<string, number>} */
  const low = new Map();
  /** @type {string[]} */
  const stack = [];
  /** @type {string[][]} */
  const circles = [];
  /** @param {string} file */
  const visit = (file) => {
    index.set(file, index.size);
    low.set(file, index.size - 1);
    stack.push(file);
    for (const { target } of graph.get(file) ?? []) {
      if (!graph.has(target)) continue;
      if (!index.has(target)) visit(target);
      if (!stack.includes(target)) continue;
      low.set(file, Math.min(Number(low.get(file)), Number(low.get(target))));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) circles.push(group.reverse());
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return circles;
}

/**
 * @param {ReadonlyMap<string, Import[]>} graph @param {string} entry @returns {string[]} the chain of imports that leads to
 *   TensorFlow.js; empty when there is none
 */
export function wayToTensorflow(graph, entry) {
  /** @type {Map<string, string | null>} */
  const reachedFrom = new Map([[entry, null]]);
  for (const [file] of reachedFrom) {
    for (const { target, isType } of graph.get(file) ?? []) {
      if (isType || reachedFrom.has(target)) continue;
      reachedFrom.set(target, file);
      if (!target.startsWith(TENSORFLOW)) continue;
      const way = [target];
      for (let from = reachedFrom.get(target); from; from = reachedFrom.get(from)) way.unshift(from);
      return way;
    }
  }
  return [];
}

/**
 * @param {ReadonlyMap<string, string>} texts - of all files below `src`
 * @returns {string[]} the violations of the rules, each with its file
 */
export function layoutProblems(texts) {
  /** @type {string[]} */
  const problems = [];
  /** @type {Map<string, Import[]>} */
  const graph = new Map();
  for (const [file, text] of texts) {
    const lines = text.split('\n').length - 1;
    if (lines > MAX_LINES && !file.includes('.generated.'))
      problems.push(
        `src/${file}: ${lines} lines, expected at most ${MAX_LINES}. Cut it by what its parts are for.`,
      );
    if (isTest(file)) continue;
    graph.set(file, importsOf(file, text));
    if (file !== SEAM && /\bas unknown as\b/.test(text))
      problems.push(`src/${file}: a cast through unknown. Describe the type, or check the value.`);
  }
  for (const [file, imports] of graph) {
    if (rowOf(file, rows) < 0 && rowOf(file, pageRows) < 0)
      problems.push(`src/${file}: in no row of the layout. Add its folder to rows in scripts/layout.mjs.`);
    for (const { target } of imports) {
      if (graph.has(target) && !mayImport(file, target))
        problems.push(
          `src/${file}: imports src/${target}, which stands above it. See rows in scripts/layout.mjs.`,
        );
    }
  }
  for (const circle of circlesIn(graph))
    problems.push(`A circle of imports: ${circle.map((file) => `src/${file}`).join(', ')}.`);
  const way = wayToTensorflow(graph, 'main.tsx');
  if (way.length > 0) problems.push(`The page imports TensorFlow.js: ${way.join(' > ')}.`);
  return problems;
}

/**
 * @param {string} root - of the project @returns {Map<string, string>} texts by file below `src`, without what is compiled to
 *   wasm, which is not TypeScript
 */
export function readSources(root) {
  const src = path.join(root, 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.(tsx?|mjs)$/.test(file) && !file.includes('/assembly/'));
  return new Map(files.sort().map((file) => [file, readFileSync(path.join(src, file), 'utf8')]));
}
