// A worker that is started before the page listens loses none of its messages.
import { expect, it } from 'vitest';
import { startEarly } from './firstWorker.ts';
import { ScriptedWorker } from './testing.ts';

function setUp() {
  const workers: ScriptedWorker[] = [];
  const take = startEarly(() => {
    const worker = new ScriptedWorker();
    workers.push(worker);
    return worker;
  });
  return { workers, take, first: workers[0] as ScriptedWorker };
}

it('what a worker that started early has said is heard by the one who takes it, in order and before what follows', async () => {
  const { take, first } = setUp();
  first.say({ type: 'pong' }, { type: 'reading', reading: null });
  first.break('out of memory');
  const worker = take();
  expect(worker).toBe(first);
  const heard: string[] = [];
  worker.onmessage = ({ data }) => heard.push(data.type);
  worker.onerror = ({ message }) => heard.push(message);
  await Promise.resolve();
  first.say({ type: 'pong' });
  expect(heard).toEqual(['pong', 'reading', 'out of memory', 'pong']);
});

it('it is taken once: an engine that is started again has a new one', () => {
  const { take, workers } = setUp();
  expect([take(), take(), take()]).toEqual(workers);
  expect(new Set(workers).size).toBe(3);
});
