// What the page loads first: the scripts and styles that index.html names, compressed. The worker, which contains tfjs, is not
// among them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { dist } from './tools.mjs';

/** @returns {{ file: string, gzipBytes: number, text: string }[]} */
export function firstLoad() {
  const page = readFileSync(path.join(dist, 'index.html'), 'utf8');
  const names = [...page.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+\.(?:js|css))"/g)].map(
    (m) => m[1] ?? '',
  );
  return names.map((file) => {
    const body = readFileSync(path.join(dist, file));
    return { file, gzipBytes: gzipSync(body, { level: 9 }).length, text: body.toString('utf8') };
  });
}

/**
 * @returns {{ file: string, text: string }[]} the scripts of the page: all except those of the worker, which `trainWorker`
 *   loads
 */
export function pageScripts() {
  const folder = path.join(dist, 'assets');
  const scripts = readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));
  const ofWorker = new Set(scripts.filter(({ file }) => file.startsWith('trainWorker')));
  for (const worker of ofWorker)
    for (const script of scripts) if (worker.text.includes(script.file)) ofWorker.add(script);
  return scripts.filter((script) => !ofWorker.has(script));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let sum = 0;
  for (const { file, gzipBytes } of firstLoad()) {
    sum += gzipBytes;
    console.log(`${(gzipBytes / 1000).toFixed(1).padStart(8)} KB  ${file}`);
  }
  console.log(`${(sum / 1000).toFixed(1).padStart(8)} KB  in all, gzip`);
}
