// Compiles the SIMD kernels (AssemblyScript) into a module that is committed as text. This way building and testing the project
// needs no compiler, and the page needs no extra download. The bytes do not depend on the machine.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'src/engine/kernels/runtime/wasm');

/** The generated file, next to the sources. */
export const generatedFile = path.join(folder, 'simd.generated.ts');

const OPTIONS = [
  '-O3',
  '--converge',
  // The module uses the memory of the tfjs backend and keeps nothing of its own there.
  ...['--importMemory', '--noExportMemory', '--runtime', 'stub', '--noAssert'],
  ...['--enable', 'simd', '--enable', 'bulk-memory'],
];

/** The feature sets that the module is built for, best first. An engine without relaxed SIMD refuses the first. */
const VARIANTS = {
  relaxedSimdBinary: ['--enable', 'relaxed-simd'],
  simdBinary: [],
};

/**
 * @param {string[]} features
 * @returns {Promise<string>} the module in base 64
 * @throws {Error} with the compiler's messages
 */
async function compile(features) {
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
  if (error || !binary) throw new Error(`The SIMD kernels do not compile.\n${stderr.toString()}`);
  return Buffer.from(binary).toString('base64');
}

/** Kinds of arguments, as simdModule.ts declares them. The only memory sizes among the arguments are strides. */
const kindOf = (/** @type {string} */ name, /** @type {string} */ type) => {
  if (type === 'usize') return /stride$/i.test(name) ? 'bytes' : 'address';
  return type.startsWith('f') ? 'float' : 'integer';
};

/** @returns {string[]} one line per function of the module, with the names and kinds of its arguments in order */
function signatures() {
  const index = readFileSync(path.join(folder, 'assembly/index.ts'), 'utf8');
  return [...index.matchAll(/export \{(.+)\} from '\.\/(\w+)'/g)].flatMap(([, names = '', file]) => {
    const source = readFileSync(path.join(folder, 'assembly', `${file}.ts`), 'utf8');
    return names.split(',').map((name) => {
      const found = source.match(new RegExp(`export function ${name.trim()}\\(([^)]*)\\)`));
      if (!found) throw new Error(`${file}.ts has no function ${name.trim()}.`);
      const given = [...(found[1] ?? '').matchAll(/(\w+): (\w+)/g)];
      const own = given.map(([, argument = '', type = '']) => `${argument}: '${kindOf(argument, type)}'`);
      return `  ${name.trim()}: {${own.length > 0 ? ` ${own.join(', ')} ` : ''}},`;
    });
  });
}

/**
 * Compiles the sources.
 * @returns {Promise<string>} the text of the generated file
 * @throws {Error} with the compiler's messages
 */
export async function compileKernels() {
  const lines = ['// Generated from assembly/*.ts by `npm run build:wasm`; do not edit.'];
  for (const [name, features] of Object.entries(VARIANTS)) {
    lines.push('// biome-ignore format: one line');
    lines.push(`export const ${name} = '${await compile(features)}';`);
  }
  lines.push('/** Arguments of each function, in order. */');
  lines.push('export const signatures = {', ...signatures(), '} as const;');
  return [...lines, ''].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await compileKernels();
  writeFileSync(generatedFile, text);
  console.log(`${path.relative(root, generatedFile)}: ${Math.round(text.length / 1024)} KB`);
}
