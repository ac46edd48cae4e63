// Keeps the page for when there is no network: the service worker of the production build. It serves the page's own files alone,
// all of one version. A new version is fetched beside the old one and waits until the user takes it, so that nothing changes in
// mid-run. `plugin.mjs` fills in the two constants.
const VERSION = '__VERSION__';
const FILES = ['__FILES__'];

/** Other workbenches of the same host have caches of their own. */
const PREFIX = `multitab ${self.registration.scope} `;
const CACHE = PREFIX + VERSION;
/** This version and the one before, which other tabs may still show. */
const KEPT = 2;

self.addEventListener('install', (event) => {
  // Past the browser's own cache: a file without a hash in its name may be of an older version there.
  const fresh = FILES.map(
    (file) => new Request(file, { cache: file.includes('assets/') ? 'default' : 'reload' }),
  );
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys().then(async (names) => {
      const own = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
      await Promise.all(own.slice(0, Math.max(0, own.length - KEPT + 1)).map((name) => caches.delete(name)));
      await self.clients.claim();
    }),
  );
});

self.addEventListener('message', ({ data }) => {
  if (data === 'use-now') self.skipWaiting();
});

/** What is not kept from the start, such as readers of rare formats, is kept once it was used. */
async function answer(request) {
  const cache = await caches.open(CACHE);
  const isPage = request.mode === 'navigate';
  const kept = isPage
    ? await cache.match('./')
    : ((await cache.match(request)) ?? (await caches.match(request)));
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && response.type === 'basic' && !isPage) await cache.put(request, response.clone());
  return response;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const isOwn = request.url.startsWith(self.registration.scope);
  // A part of a file is no file to keep.
  if (request.method !== 'GET' || !isOwn || request.headers.has('range')) return;
  const { pathname } = new URL(request.url);
  const isPagesOwn =
    pathname === new URL(self.registration.scope).pathname || pathname.endsWith('/index.html');
  // Another document below the page, such as a course that frames it, is not ours.
  if (request.mode === 'navigate' && !isPagesOwn) return;
  event.respondWith(answer(request));
});
