// Connects the messages of a Web Worker with the engine; has no logic of its own.
import type { Command, Event } from '../engine/protocol/messages.ts';
import { startBrowserBackend } from '../platform/browser.ts';
import { EngineHost } from './engineHost.ts';
import { buffersOf } from './transfer.ts';

const host = new EngineHost({
  post: (event: Event) => postMessage(event, { transfer: buffersOf(event) }),
  startBackend: startBrowserBackend,
});

self.onmessage = (message: MessageEvent<Command>) => host.receive(message.data);
