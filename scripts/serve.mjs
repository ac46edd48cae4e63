// Serves the production build on this machine only. Pages are cross-origin isolated and have a strict content security policy
// with a new nonce for every page. It is plain Node, so that it starts quickly and is short to read.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { dist } from './tools.mjs';

/** The longest link in characters; src/engine/config/codec.ts uses the same number. */
const { maxLink } = JSON.parse(
  readFileSync(new URL('../src/engine/config/linkLimit.json', import.meta.url), 'utf8'),
);
/** Room for the headers that a browser sends besides the address. Node has one limit for both together. */
const OTHER_HEADERS = 16 * 1024;

const PLACEHOLDER = '__CSP_NONCE__';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};
const COMPRESSED = new Set(['.html', '.js', '.css', '.json', '.csv', '.md', '.txt', '.svg', '.wasm']);

/** @param {string} nonce @param {boolean} embed - whether other pages may show this one in a frame */
const policy = (nonce, embed) =>
  [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${embed ? '*' : "'none'"}`,
  ].join('; ');

/** @param {string} nonce @param {boolean} embed */
const securityHeaders = (nonce, embed) => ({
  'Content-Security-Policy': policy(nonce, embed),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': embed ? 'cross-origin' : 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
});

/** @type {Map<string, { body: Buffer, zipped: Buffer | null, tag: string }>} */
const cache = new Map();

/**
 * A file below `folder`, or null.
 * @param {string} folder
 * @param {string} urlPath - percent-encoded path of the request
 */
function fileAt(folder, urlPath) {
  let decoded;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (decoded.includes('\0')) return null;
  const file = path.join(folder, decoded.endsWith('/') ? `${decoded}index.html` : decoded);
  if (!file.startsWith(folder + path.sep)) return null;
  try {
    return statSync(file).isFile() ? file : null;
  } catch {
    return null;
  }
}

/** @param {string} file */
function read(file) {
  const { mtimeMs } = statSync(file);
  const key = `${file} ${mtimeMs}`;
  let entry = cache.get(key);
  if (!entry) {
    const body = readFileSync(file);
    const zipped = COMPRESSED.has(path.extname(file)) ? gzipSync(body) : null;
    const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    entry = { body, zipped, tag };
    cache.set(key, entry);
  }
  return entry;
}

/** Names by which this machine reaches itself. */
export const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The server; it is not listening yet.
 * @param {string} [folder] - the build
 * @param {readonly string[] | null} [hosts] - the host names it answers to, so that another site whose name is pointed at this
 *   machine gets no answer; null for any
 * @param {boolean} [embed] - whether other pages may show this one in a frame
 */
export function createServer(folder = dist, hosts = LOCAL_HOSTS, embed = false) {
  return createHttpServer({ maxHeaderSize: maxLink + OTHER_HEADERS }, (request, response) => {
    const nonce = randomBytes(16).toString('base64');
    /** @param {number} status @param {Record<string, string>} headers @param {Buffer | string} body */
    const answer = (status, headers, body) => {
      response.writeHead(status, { ...securityHeaders(nonce, embed), ...headers });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const text = { 'Content-Type': 'text/plain; charset=utf-8' };
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(405, { ...text, Allow: 'GET, HEAD' }, 'Only GET and HEAD are answered here.\n');
      return;
    }
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    if (hosts && !hosts.includes(host)) {
      answer(
        421,
        text,
        `host: expected one of ${hosts.join(', ')}, got another. Start with --host NAME to answer to other names.\n`,
      );
      return;
    }
    const urlPath = (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/';
    const file = fileAt(folder, urlPath);
    if (!file) {
      answer(404, text, 'There is no such file here. The workbench is at /.\n');
      return;
    }
    const extension = path.extname(file);
    const type = /** @type {Record<string, string>} */ (TYPES)[extension] ?? 'application/octet-stream';
    const { body, zipped, tag } = read(file);
    if (extension === '.html') {
      const page = body.toString('utf8').replaceAll(PLACEHOLDER, nonce);
      answer(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }, page);
      return;
    }
    const isHashed = urlPath.includes('/assets/');
    const headers = {
      'Content-Type': type,
      'Cache-Control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: tag,
      Vary: 'Accept-Encoding',
    };
    if (request.headers['if-none-match'] === tag) {
      answer(304, headers, '');
      return;
    }
    const acceptsGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    if (zipped && acceptsGzip) answer(200, { ...headers, 'Content-Encoding': 'gzip' }, zipped);
    else answer(200, headers, body);
  });
}

/**
 * Listens on the first free port, starting with `port`.
 * @param {import('node:http').Server} server
 * @param {number} port
 * @param {string} host
 * @param {(taken: number) => void} onTaken - called for every port that is in use
 * @returns {Promise<number>} the port
 */
export function listen(server, port, host, onTaken) {
  return new Promise((resolve, reject) => {
    let next = port;
    server.on('error', (error) => {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      if (code === 'EADDRINUSE' && next < Math.min(port + 50, 65535)) {
        onTaken(next);
        next += 1;
        server.listen(next, host);
      } else reject(error);
    });
    server.once('listening', () => resolve(next));
    server.listen(next, host);
  });
}
