// The documentation names only files and commands that exist.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { rows } from './layout.mjs';
import { root } from './tools.mjs';

const markdownIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name));
const pages = ['README.md', ...['docs', 'bench', 'examples'].flatMap(markdownIn)];
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Folders that paths in the documentation start from, besides that of the page itself. */
const BASES = ['.', 'src', 'src/engine', 'src/views', 'bench'];
/** Files of the project, by name. */
const fileNames = new Set(
  ['src', 'bench', 'e2e', 'scripts', 'examples', 'public'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      path.basename(name),
    ),
  ),
);
/** Names of files that a reader is to write, or that a command writes. */
const PLACEHOLDER =
  /[Yy]our|[A-Z]{3}|^\.|\/_headers$|^(?:runs|times|sweep|model|weights|tuned|result|case|experiment|table)\b/;
const FILE = /\.(?:ts|tsx|mjs|md|json|py|css|html|yaml|sh)$/;
/** Top-level folders: a path that starts with one of them must exist even without an extension. */
const FOLDER =
  /^(?:src|docs|bench|e2e|public|examples|scripts|engine|views|store|platform|worker|client|cli)\//;

const codeSpans = (text: string): string[] =>
  [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
const links = (text: string): string[] =>
  [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => target);

it.each(pages)('%s links only to files that exist', (page) => {
  const targets = links(readFileSync(path.join(root, page), 'utf8'));
  expect(targets.filter((target) => !existsSync(path.join(root, path.dirname(page), target)))).toEqual([]);
});

it.each(pages)('%s names only paths that exist', (page) => {
  const bases = [...BASES, path.dirname(page)].map((base) => path.join(root, base));
  const paths = codeSpans(readFileSync(path.join(root, page), 'utf8')).filter(
    (span) => /^[\w./@-]+$/.test(span) && (FILE.test(span) || FOLDER.test(span)) && !PLACEHOLDER.test(span),
  );
  const exists = (name: string) =>
    fileNames.has(name) || bases.some((base) => existsSync(path.join(base, name)));
  expect(paths.filter((name) => !exists(name))).toEqual([]);
});

it.each(pages)('%s names only npm scripts that exist', (page) => {
  const text = readFileSync(path.join(root, page), 'utf8');
  const names = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name);
  expect(names.filter((name) => !(name in scripts))).toEqual([]);
});

it('the page on the architecture lists the folders as the rules of the layout do', () => {
  const text = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8');
  const [, table = ''] = /\n\| folder \| holds \|\n\|[-|]+\|\n([\s\S]*?)\n\n/.exec(text) as RegExpExecArray;
  const listed = table.split('\n').map((row) => codeSpans(row.split('|')[1] ?? ''));
  expect(listed).toEqual(rows);
});

/** Number of entries in a registry, by its text: importing it would load the engine. */
const countEntries = (file: string): number => {
  const [, entries = ''] = /export const \w+ = \{\n([\s\S]*?)\n\} satisfies/.exec(
    readFileSync(path.join(root, file), 'utf8'),
  ) as RegExpExecArray;
  return entries.split('\n').filter((line) => /^ {2}['\w]/.test(line)).length;
};

it('the README counts lessons and gradient methods as the registries do', () => {
  const text = readFileSync(path.join(root, 'README.md'), 'utf8');
  const words = ['six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
  expect(text).toContain(`${words[countEntries('src/views/lessons/registry.ts') - 6]} lessons`);
  expect(text).toContain(`${countEntries('src/engine/methods/registry.ts')} ways to weigh losses`);
});
