// `npm run bench:gpu`: builds the bench of bench/gpu/main.ts as one file in dist-gpu/ with everything it reads, and runs it
// there. `-- --pack` instead packs it with this Node and Dawn, to be copied to a machine with a GPU, where run.sh runs it.
// Other options go to main.ts.
import { spawnSync } from 'node:child_process';
import { copyFile, cp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'vite';

const root = path.resolve(import.meta.dirname, '..', '..');
const out = path.join(root, 'dist-gpu');
const [, , ...args] = process.argv;

await rm(out, { recursive: true, force: true });
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  resolve: { alias: { vitest: path.join(import.meta.dirname, 'vitest.ts') } },
  ssr: { noExternal: true, external: ['webgpu'] },
  build: {
    ssr: path.join(import.meta.dirname, 'main.ts'),
    outDir: out,
    target: 'node20',
    rolldownOptions: { output: { entryFileNames: 'bench.mjs' } },
  },
});
await copyFile(path.join(root, 'bench', 'torch.py'), path.join(out, 'torch.py'));
await cp(path.join(root, 'src', 'engine', 'golden', 'data'), path.join(out, 'golden'), { recursive: true });

if (args.includes('--pack')) {
  const dawn = path.dirname(createRequire(import.meta.url).resolve('webgpu'));
  const modules = path.join(out, 'node_modules', 'webgpu');
  await cp(path.join(dawn, 'index.js'), path.join(modules, 'index.js'));
  await cp(path.join(dawn, 'package.json'), path.join(modules, 'package.json'));
  const binary = path.join('dist', `${process.platform}-${process.arch}`, 'dawn.node');
  await cp(path.join(dawn, binary), path.join(modules, binary));
  await copyFile(process.execPath, path.join(out, 'node'));
  await writeFile(
    path.join(out, 'run.sh'),
    `#!/bin/sh
# Unpacks Node and Dawn beside this file, once, and runs the bench with them.
here=$(cd "$(dirname "$0")" && pwd)
for packed in "$here/node.xz" "$here/node_modules/webgpu/${binary}.xz"; do
  [ ! -e "$packed" ] || xz -d "$packed" 2>/dev/null || python3 -c "import lzma,sys,shutil; shutil.copyfileobj(lzma.open(sys.argv[1]), open(sys.argv[1][:-3],'wb'))" "$packed"
done
chmod +x "$here/node"
exec "$here/node" "$here/bench.mjs" "$@"
`,
    { mode: 0o755 },
  );
  for (const big of [path.join(out, 'node'), path.join(modules, binary)]) {
    const { status } = spawnSync('xz', ['-6', '-T0', big], { stdio: 'inherit' });
    if (status !== 0) console.warn(`${big} is left unpacked: there is no xz.`);
  }
  console.log(
    `Carry ${path.relative(root, out)}/ and start run.sh in it; bench/gpu.md says what the machine must have.`,
  );
} else {
  const results = path.join(root, 'bench', 'results');
  const { status } = spawnSync(process.execPath, [path.join(out, 'bench.mjs'), '--out', results, ...args], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
