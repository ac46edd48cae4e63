// The browser's half of `npm run bench -- --browser`.
import { startBrowserBackend } from '../src/platform/browser.ts';
import { caseOf } from './cases.ts';
import { measure } from './measure.ts';
import { ofProcess, type Turn } from './trainStep.ts';

declare global {
  interface Window {
    /** PyTorch, run by Node. */
    torchRun(id: string, steps: number): Promise<Turn>;
    torchDrop(id: string): Promise<void>;
  }
}

/** Device errors: a refused dispatch computes nothing, which would look fast. */
const faults: string[] = [];

window.bench = {
  async start(backend) {
    const report = await startBrowserBackend({ backend, allowSoftwareAdapter: true }, (message) =>
      faults.push(message),
    );
    return { adapter: report.adapter, software: report.software };
  },
  async measure(model, batch, how, peers) {
    const others = peers.map(({ id, label }) =>
      ofProcess(
        label,
        (steps) => window.torchRun(id, steps),
        () => window.torchDrop(id),
      ),
    );
    const measured = await measure(caseOf(model, batch), how, others);
    if (faults.length > 0) throw new Error(`the device refused work: ${faults.join(' ')}`);
    return measured;
  },
};
