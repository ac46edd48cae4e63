// The server of the production build: what it refuses, the headers it sends, and which port it chooses.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAX_LINK } from '../src/engine/config/codec.ts';
import { createServer, listen } from './serve.mjs';

const parent = mkdtempSync(path.join(tmpdir(), 'multitab-serve-'));
const folder = path.join(parent, 'dist');
const server = createServer(folder);
let port = 0;

beforeAll(async () => {
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  mkdirSync(`${folder}-beside`);
  writeFileSync(path.join(parent, 'secret.txt'), 'secret');
  writeFileSync(path.join(`${folder}-beside`, 'secret.txt'), 'secret');
  writeFileSync(
    path.join(folder, 'index.html'),
    '<meta nonce="__CSP_NONCE__"><script nonce="__CSP_NONCE__">',
  );
  writeFileSync(path.join(folder, 'assets', 'page-1a2b.js'), 'export const answer = 42;');
  writeFileSync(path.join(folder, 'table.csv'), 'a,b\n1,2\n');
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(parent, { recursive: true });
});

/** The path is sent exactly as written; `fetch` would normalise it first. */
function get(urlPath: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path: urlPath, headers, method }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      });
      sent.on('error', reject);
      sent.end();
    },
  );
}

test('a link of the greatest length is answered, with the headers of a browser', async () => {
  const query = 'v=1&model.customMask='.padEnd(MAX_LINK, 'x');
  expect((await get(`/?${query}`, { cookie: 'c'.repeat(8000) })).status).toBe(200);
});

test('the page is isolated, and its nonce is new each time and the one of the policy', async () => {
  const nonces = new Set<string>();
  for (let i = 0; i < 2; i++) {
    const page = await get('/?v=1');
    expect(page.status).toBe(200);
    expect(page.headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(page.headers['cross-origin-embedder-policy']).toBe('require-corp');
    const policy = String(page.headers['content-security-policy']);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(page.body.toString()).toBe(`<meta nonce="${nonce}"><script nonce="${nonce}">`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe-inline');
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(2);
});

test('scripts, which workers are too, carry the policy and are kept for good', async () => {
  const script = await get('/assets/page-1a2b.js');
  expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
  expect(script.headers['content-security-policy']).toContain("'wasm-unsafe-eval'");
  expect(script.headers['cross-origin-embedder-policy']).toBe('require-corp');
  expect(script.headers['cache-control']).toContain('immutable');
});

test('a file is compressed when the browser accepts it, and not sent again when it has it', async () => {
  const zipped = await get('/table.csv', { 'Accept-Encoding': 'gzip, br' });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(zipped.body).toString()).toBe('a,b\n1,2\n');
  const again = await get('/table.csv', { 'If-None-Match': String(zipped.headers.etag) });
  expect(again.status).toBe(304);
  expect(again.body.length).toBe(0);
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/../../secret.txt',
  '/../dist-beside/secret.txt',
  '/%00',
  '/%zz',
  '/assets',
  '/missing',
])('nothing is found at %s', async (urlPath) => {
  const { status, body } = await get(urlPath);
  expect(status).toBe(404);
  expect(body.toString()).not.toContain('secret');
});

test.each([
  ['localhost', 200],
  [`LocalHost:4173`, 200],
  ['127.0.0.1:4173', 200],
  ['[::1]:4173', 200],
  ['evil.example', 421],
  ['localhost.evil.example:4173', 421],
])('called by the name %s it answers %i', async (host, status) => {
  expect((await get('/table.csv', { host })).status).toBe(status);
});

test('only GET and HEAD are answered', async () => {
  expect((await get('/', {}, 'POST')).status).toBe(405);
  const head = await get('/table.csv', {}, 'HEAD');
  expect([head.status, head.body.length]).toEqual([200, 0]);
});

test('a taken port is reported and the next free one used', async () => {
  const taken: number[] = [];
  const second = createServer(folder);
  const got = await listen(second, port, '127.0.0.1', (p: number) => taken.push(p));
  second.close();
  expect(taken[0]).toBe(port);
  expect(got).toBe(port + taken.length);
});

test('other pages may show it in a frame only when the server was told so', async () => {
  expect(String((await get('/')).headers['content-security-policy'])).toContain("frame-ancestors 'none'");
  const open = createServer(folder, null, true);
  await new Promise<void>((done) => open.listen(0, '127.0.0.1', done));
  const response = await fetch(`http://127.0.0.1:${(open.address() as AddressInfo).port}/`);
  open.close();
  open.closeAllConnections();
  expect(response.headers.get('content-security-policy')).toContain('frame-ancestors *');
  expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
});
