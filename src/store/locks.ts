// Locks that one tab holds at a time. In browsers without locks, every tab gets every lock it asks for.

/** See `Environment.locks`. While the lock is held the screen is kept awake, if the browser allows it. */
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

/** Many machines slow down when the screen goes dark. @returns a function that ends it */
function keepAwake(): () => void {
  let sentinel: WakeLockSentinel | null = null;
  let isOver = false;
  const ask = async () => {
    try {
      if (document.visibilityState === 'visible' && !isOver)
        sentinel = (await navigator.wakeLock?.request('screen')) ?? null;
    } catch {
      // Refused, for instance on a low battery: the queue continues without it.
    }
  };
  // The browser releases it whenever the page is hidden.
  document.addEventListener('visibilitychange', ask);
  void ask();
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', ask);
    void sentinel?.release().catch(() => {});
  };
}
