// The browser functions that the store uses.
import { takeWorker } from '../client/earlyWorker.ts';
import { newId } from '../engine/core/newId.ts';
import type { Environment } from './context.ts';
import { embedSearch, withoutEmbed } from './embed.ts';
import { holdLock } from './locks.ts';
import { lastShown } from './storage/lastShown.ts';
import { createStorage } from './storage/storage.ts';

const { checkpoints, runs, tables } = createStorage();
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('multitab-runs') : null;

export const browserEnvironment: Environment = {
  createWorker: takeWorker,
  engineLimit: 1,
  cores: navigator.hardwareConcurrency || 2,
  // Behind the #, which is never sent to a server and has no length limit there; older links have it behind the question mark.
  readQuery: () => location.hash.slice(1) || withoutEmbed(location.search),
  writeQuery: (query) =>
    history.replaceState(null, '', `${location.pathname}${embedSearch()}${query ? `#${query}` : ''}`),
  async fetchFile(path) {
    const response = await fetch(`${import.meta.env.BASE_URL}${path}`);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return new Uint8Array(await response.arrayBuffer());
  },
  saveFile(name, bytes) {
    const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 0);
  },
  newRunId: newId,
  lastShown,
  checkpoints,
  runs,
  tables,
  storage: { persist: async () => (await navigator.storage?.persist?.()) ?? false },
  locks: { hold: holdLock },
  otherTabs: {
    tell: () => channel?.postMessage('changed'),
    onTold: (listener) => channel?.addEventListener('message', listener),
  },
};
