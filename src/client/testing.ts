// A fake worker for tests: records its commands and sends what the test wants.
import type { Command, Event } from '../engine/protocol/messages.ts';
import type { WorkerLike } from './trainClient.ts';

export class ScriptedWorker implements WorkerLike {
  sent: Command[] = [];
  terminated = false;
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  postMessage(message: Command): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.terminated = true;
  }
  say(...events: Event[]): void {
    for (const data of events) this.onmessage?.({ data } as MessageEvent<Event>);
  }
  break(message: string): void {
    this.onerror?.({ message, preventDefault: () => {} } as ErrorEvent);
  }
  last<T extends Command['type']>(type: T): Extract<Command, { type: T }> | undefined {
    return this.sent.findLast((c): c is Extract<Command, { type: T }> => c.type === type);
  }
}
