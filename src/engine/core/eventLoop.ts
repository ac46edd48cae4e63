// Lets waiting messages in between two pieces of work, without the 4 ms minimum of nested timeouts.

const immediate = (globalThis as { setImmediate?: (callback: () => void) => unknown }).setImmediate;

/** Resolves after the messages that are waiting now have been handled. */
export function letMessagesIn(): Promise<void> {
  return new Promise((resolve) => {
    if (immediate) {
      immediate(() => resolve());
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
