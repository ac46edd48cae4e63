// The browser's half of `npm run bench -- --browser`.
import { startBrowserBackend } from '../src/platform/browser.ts';
import { CASES, smallCases } from './cases.ts';
import { measure } from './measure.ts';

let active: 'webgpu' | 'wasm' = 'wasm';

/** A dispatch that the device refused computes nothing, which would look fast. */
const faults: string[] = [];

window.bench = {
  async start(backend) {
    const report = await startBrowserBackend({ backend, allowSoftwareAdapter: true }, (message) =>
      faults.push(message),
    );
    active = backend;
    return { adapter: report.adapter, software: report.software, agent: navigator.userAgent };
  },
  async measure(name, rounds) {
    const stepCase = [...CASES, ...smallCases(CASES)].find((c) => c.name === name);
    if (!stepCase) throw new Error(`no case is named ${name}`);
    const measured = await measure(stepCase, rounds, active);
    if (faults.length > 0) throw new Error(`the device refused work: ${faults.join(' ')}`);
    return measured;
  },
};
