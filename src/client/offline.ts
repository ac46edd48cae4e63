// Lets the browser keep the page for when there is no network (scripts/offline), and tells of new versions. A failure changes
// nothing: the page then needs its network, as any other.

/** A server of this machine needs no copy, and its port may be another program's tomorrow. */
const isLocal = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost');

/**
 * @param onNewVersion - told when another version has arrived and waits; calling its argument takes it, by a reload
 */
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
      // Without one in charge it is the first visit.
      if (installing.state === 'installed' && navigator.serviceWorker.controller) tell(installing);
    });
  });
}
