// Locks that one tab holds at a time. Where the browser has none, every tab holds what it asks for.

/** See `Environment.locks`. While it is held the screen is kept awake, where the browser lets a page do so. */
export function holdLock(name: string, onHeld: () => void): () => void {
  let isGivenUp = false;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hold = async () => {
    if (isGivenUp) return;
    const stayAwake = keepAwake();
    onHeld();
    await released;
    stayAwake();
  };
  if (navigator.locks) void navigator.locks.request(name, hold);
  else void hold();
  return () => {
    isGivenUp = true;
    release();
  };
}

/** A screen that goes dark takes many machines' pace with it. @returns ends it */
function keepAwake(): () => void {
  let sentinel: WakeLockSentinel | null = null;
  let isOver = false;
  const ask = async () => {
    try {
      if (document.visibilityState === 'visible' && !isOver)
        sentinel = (await navigator.wakeLock?.request('screen')) ?? null;
    } catch {
      // Refused, for instance on a low battery: the queue goes on without.
    }
  };
  // The browser takes it back whenever the page is hidden.
  document.addEventListener('visibilitychange', ask);
  void ask();
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', ask);
    void sentinel?.release().catch(() => {});
  };
}
