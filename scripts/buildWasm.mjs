// Compiles the SIMD kernels (AssemblyScript) into a module that is committed as text, so that building and testing the
// project needs no compiler, and the page no extra download. The bytes do not depend on the machine.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const kernels = path.join(root, 'src/engine/kernels/runtime/wasm');
const trees = path.join(root, 'src/engine/trees');

/** The generated files, beside the sources. */
export const generatedFile = path.join(kernels, 'simd.generated.ts');
export const treesFile = path.join(trees, 'histogram.generated.ts');

const OPTIONS = [
  '-O3',
  '--converge',
  // The memory is the host's (that of the tfjs backend, for kernels); nothing of the module's lies in it.
  ...['--importMemory', '--noExportMemory', '--runtime', 'stub', '--noAssert'],
  ...['--enable', 'simd', '--enable', 'bulk-memory'],
];

/** What the module is built for, best first: an engine without relaxed SIMD refuses the first. */
const VARIANTS = {
  relaxedSimdBinary: ['--enable', 'relaxed-simd'],
  simdBinary: [],
};

/**
 * @param {string} folder - has the sources in `assembly`
 * @param {string[]} features
 * @returns {Promise<string>} the module in base 64
 * @throws {Error} with the compiler's messages
 */
async function compile(folder, features) {
  /** @type {Uint8Array | null} */
  let binary = null;
  const { error, stderr } = await asc.main(['index.ts', '--outFile', 'simd.wasm', ...OPTIONS, ...features], {
    readFile: (name, base) => {
      try {
        return readFileSync(path.resolve(folder, 'assembly', base, name), 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (_name, contents) => {
      if (contents instanceof Uint8Array) binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary)
    throw new Error(`${path.relative(root, folder)}/assembly does not compile.\n${stderr.toString()}`);
  return Buffer.from(binary).toString('base64');
}

/** Kinds of arguments, as simdModule.ts has them: the only sizes of memory among them are strides. */
const kindOf = (/** @type {string} */ name, /** @type {string} */ type) => {
  if (type === 'usize') return /stride$/i.test(name) ? 'bytes' : 'address';
  return type.startsWith('f') ? 'float' : 'integer';
};

/** @returns {string[]} per function of the module a line with the names and kinds of its arguments, in order */
function signatures() {
  const index = readFileSync(path.join(kernels, 'assembly/index.ts'), 'utf8');
  return [...index.matchAll(/export \{(.+)\} from '\.\/(\w+)'/g)].flatMap(([, names = '', file]) => {
    const source = readFileSync(path.join(kernels, 'assembly', `${file}.ts`), 'utf8');
    return names.split(',').map((name) => {
      const found = source.match(new RegExp(`export function ${name.trim()}\\(([^)]*)\\)`));
      if (!found) throw new Error(`${file}.ts has no function ${name.trim()}.`);
      const given = [...(found[1] ?? '').matchAll(/(\w+): (\w+)/g)];
      const own = given.map(([, argument = '', type = '']) => `${argument}: '${kindOf(argument, type)}'`);
      return `  ${name.trim()}: {${own.length > 0 ? ` ${own.join(', ')} ` : ''}},`;
    });
  });
}

const HEAD = '// Generated from assembly/*.ts by `npm run build:wasm`; do not edit.';

/**
 * @param {string} name
 * @param {string} folder
 * @param {string[]} features
 * @returns {Promise<string[]>} lines
 */
const constantOf = async (name, folder, features) => [
  '// biome-ignore format: one line',
  `export const ${name} = '${await compile(folder, features)}';`,
];

/** The sums of trees: the text of `treesFile`. */
export const compileTrees = async () =>
  [HEAD, ...(await constantOf('histogramBinary', trees, [])), ''].join('\n');

/**
 * Compiles the kernels.
 * @returns {Promise<string>} the text of `generatedFile`
 * @throws {Error} with the compiler's messages
 */
export async function compileKernels() {
  const lines = [HEAD];
  for (const [name, features] of Object.entries(VARIANTS)) {
    lines.push(...(await constantOf(name, kernels, features)));
  }
  lines.push('/** Arguments of each function, in order. */');
  lines.push('export const signatures = {', ...signatures(), '} as const;');
  return [...lines, ''].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, text] of [
    [generatedFile, await compileKernels()],
    [treesFile, await compileTrees()],
  ]) {
    writeFileSync(file, text);
    console.log(`${path.relative(root, file)}: ${Math.ceil(text.length / 1024)} KB`);
  }
}
