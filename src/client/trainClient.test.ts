import { describe, expect, it, vi } from 'vitest';
import type { Command, Event } from '../engine/protocol/messages.ts';
import { TrainClient, type WorkerLike } from './trainClient.ts';

class FakeWorker implements WorkerLike {
  sent: Command[] = [];
  terminated = false;
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  postMessage(message: Command) {
    this.sent.push(message);
  }
  terminate() {
    this.terminated = true;
  }
  say(data: Event) {
    this.onmessage?.({ data } as MessageEvent<Event>);
  }
}

function setUp() {
  const workers: FakeWorker[] = [];
  const handlers = { onEvent: vi.fn(), onDeath: vi.fn() };
  const client = new TrainClient(handlers, () => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  });
  client.restart();
  return { client, handlers, workers, worker: () => workers.at(-1) as FakeWorker };
}

const error = { kind: 'file' as const, message: 'no', issues: [] };

describe('TrainClient', () => {
  it('hands out events and matches answers to questions', async () => {
    const { client, handlers, worker } = setUp();
    const answer = client.ask({ type: 'check', experiment: {} });
    const [question] = worker().sent;
    const requestId = question && 'requestId' in question ? question.requestId : 0;
    worker().say({ type: 'state', state: 'paused', runId: 'r', step: 1 });
    worker().say({ type: 'checked', requestId, experiment: {} as never, issues: [], summary: null });
    expect((await answer).issues).toEqual([]);
    expect(handlers.onEvent).toHaveBeenCalledTimes(1);
  });

  it('rejects a failed question with its report', async () => {
    const { client, worker } = setUp();
    const answer = client.ask({ type: 'check', experiment: {} });
    worker().say({ type: 'request-failed', requestId: 1, error });
    await expect(answer).rejects.toEqual(error);
  });

  it('reports a death once, rejects what was asked, and can be restarted', async () => {
    const { client, handlers, workers, worker } = setUp();
    const answer = client.ask({ type: 'check', experiment: {} });
    worker().onerror?.({ message: 'out of memory' } as ErrorEvent);
    await expect(answer).rejects.toMatchObject({ kind: 'backend' });
    expect(handlers.onDeath.mock.calls[0]?.[0].message).toContain('out of memory');
    expect(workers[0]?.terminated).toBe(true);
    client.restart();
    client.send({ type: 'stop', runId: 'r' });
    expect(workers[1]?.sent).toHaveLength(1);
  });

  it('answers a question at once when there is no worker to ask', async () => {
    const { client, worker } = setUp();
    client.stop('the device was lost');
    expect(worker().terminated).toBe(true);
    await expect(client.ask({ type: 'check', experiment: {} })).rejects.toMatchObject({
      kind: 'backend',
    });
  });
});
