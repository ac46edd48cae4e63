// Between the messages of a Web Worker and the engine; no logic of its own.
import { readHdf5In } from '../engine/data/formats/hdf5File.ts';
import type { Command, Event } from '../engine/protocol/messages.ts';
import { startBrowserBackend } from '../platform/browser.ts';
import { startBrowserThread } from '../platform/hdf5/browser.ts';
import { EngineHost } from './engineHost.ts';
import { buffersOf } from './transfer.ts';

readHdf5In(startBrowserThread);

const host = new EngineHost({
  post: (event: Event) => postMessage(event, { transfer: buffersOf(event) }),
  startBackend: startBrowserBackend,
});

self.onmessage = (message: MessageEvent<Command>) => host.receive(message.data);
