// Lets the browser keep the page for use without a network (scripts/offline), and reports new versions. If that fails, the page
// needs the network like any other.

/** A server on this machine needs no offline copy, and another program may use its port later. */
const isLocal = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost');

/** @param onNewVersion - called when another version has arrived; calling its argument reloads the page with it */
export async function keepForOffline(onNewVersion: (take: () => void) => void): Promise<void> {
  if (!('serviceWorker' in navigator) || isLocal(location.hostname)) return;
  const registration = await navigator.serviceWorker.register(new URL('sw.js', document.baseURI));
  const tell = (waiting: ServiceWorker) =>
    onNewVersion(() => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      waiting.postMessage('use-now');
    });
  if (registration.waiting) tell(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => {
      // Without an active service worker this is the first visit.
      if (installing.state === 'installed' && navigator.serviceWorker.controller) tell(installing);
    });
  });
}
