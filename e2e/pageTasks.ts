// What tasks of the page's main thread cost, from a trace of the browser. Costs are measured by the thread's own clock
// (`tdur`), which stops while other processes use the processor, and not by wall time.
import type { Browser, Page } from '@playwright/test';

interface TraceEvent {
  name: string;
  cat: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds by the thread's clock. */
  tdur?: number;
  args?: { name?: string };
}

const isTask = ({ name, ph }: TraceEvent) => ph === 'X' && name.endsWith('RunTask');

/** The milliseconds of every task of the page's main threads while `work` runs. */
export async function taskCosts(
  browser: Browser,
  page: Page,
  work: () => Promise<unknown>,
): Promise<number[]> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await work();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;
  const main = new Set(
    trace.traceEvents
      .filter((e) => e.name === 'thread_name' && e.args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  return trace.traceEvents
    .filter((e) => main.has(threadOf(e)) && isTask(e) && e.tdur !== undefined)
    .map((e) => (e.tdur as number) / 1000);
}
