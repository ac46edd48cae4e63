import { describe, expect, it, vi } from 'vitest';
import { ScriptedWorker } from './testing.ts';
import { TrainClient } from './trainClient.ts';

function setUp() {
  const workers: ScriptedWorker[] = [];
  const handlers = { onEvent: vi.fn(), onDeath: vi.fn() };
  const client = new TrainClient(handlers, () => {
    const worker = new ScriptedWorker();
    workers.push(worker);
    return worker;
  });
  client.restart();
  return { client, handlers, workers, worker: () => workers.at(-1) as ScriptedWorker };
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

  it('waits a minute for an answer, and another where a table is being read', async () => {
    vi.useFakeTimers();
    const { client, worker } = setUp();
    const answer = client.ask({ type: 'check', experiment: {} }).catch((e: { message: string }) => e.message);
    let isOver = false;
    void answer.then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(59_000);
    worker().say({ type: 'reading', reading: null });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await answer).toBe('check: expected an answer within a minute, got none.');
    vi.useRealTimers();
  });

  it('reports a death once, rejects what was asked, and can be restarted', async () => {
    const { client, handlers, workers, worker } = setUp();
    const answer = client.ask({ type: 'check', experiment: {} });
    worker().break('out of memory');
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
