// A copy of the sources to which a toy is added, then built and served. It counts the files that have to change to add one of a
// kind.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from '../scripts/serve.mjs';
import { toolScript } from '../scripts/tools.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const COPIED = [
  'src',
  'public',
  'scripts',
  'index.html',
  'vite.config.ts',
  'tsconfig.json',
  'package.json',
  'LICENSE',
];

export class ToyCopy {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'toy-'));
  private server: Server | null = null;

  constructor() {
    for (const name of COPIED)
      cpSync(path.join(root, name), path.join(this.folder, name), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(this.folder, 'node_modules'), 'dir');
  }

  /** @param toy - a file of e2e/toy, or one below src that a test already has; the paths of its imports are adapted */
  add(toy: string, target: string): void {
    const isTested = toy.startsWith('src/');
    const text = readFileSync(path.join(root, isTested ? toy : path.join('e2e/toy', toy)), 'utf8');
    writeFileSync(
      path.join(this.folder, target),
      isTested
        ? text.replaceAll("'../../", "'<up>").replaceAll("'../", "'./").replaceAll("'<up>", "'../")
        : text,
    );
  }

  /** Replaces each text by the other one. @throws when the text is not found */
  edit(target: string, ...changes: [from: string, to: string][]): void {
    const file = path.join(this.folder, target);
    let text = readFileSync(file, 'utf8');
    for (const [from, to] of changes) {
      if (!text.includes(from)) throw new Error(`${target}: expected ${JSON.stringify(from)}`);
      text = text.replace(from, to);
    }
    writeFileSync(file, text);
  }

  /** The files of the sources that are new or changed. */
  touched(): string[] {
    const files = readdirSync(path.join(this.folder, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.folder, path.join(entry.parentPath, entry.name)));
    return files
      .filter((file) => {
        const text = readFileSync(path.join(this.folder, file));
        try {
          return !text.equals(readFileSync(path.join(root, file)));
        } catch {
          return true;
        }
      })
      .sort();
  }

  private run(tool: string, script: string, ...args: string[]): string {
    return execFileSync(process.execPath, [toolScript(tool, script), ...args], {
      cwd: this.folder,
      encoding: 'utf8',
    });
  }

  /** Checks the types of the sources together with the toy. */
  checkTypes(): void {
    writeFileSync(
      path.join(this.folder, 'tsconfig.toy.json'),
      JSON.stringify({ extends: './tsconfig.json', include: ['src'] }),
    );
    this.run('typescript', 'tsc', '-p', 'tsconfig.toy.json');
  }

  /** Runs the command line, built as it is published: it starts faster than from TypeScript. @returns what it printed */
  cli(...args: string[]): string {
    const start = (...script: string[]) =>
      execFileSync(process.execPath, script, { cwd: this.folder, encoding: 'utf8' });
    const command = path.join(this.folder, 'dist-cli', 'multitab.js');
    if (!existsSync(command)) start(path.join(this.folder, 'scripts', 'buildCli.mjs'));
    return start(command, ...args);
  }

  /** @returns the address of the page */
  async serve(): Promise<string> {
    this.run('vite', 'vite', 'build', '--logLevel', 'error');
    const server = createServer(path.join(this.folder, 'dist'));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    return `http://localhost:${(server.address() as AddressInfo).port}/`;
  }

  remove(): void {
    this.server?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
