// Chooses a tfjs backend: the first candidate that starts, with the reason for the page. Browser and Node differ in candidates,
// not in the rule.
import * as tf from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../engine/core/errors.ts';
import type { BackendId, BackendReport, BackendRequest } from '../engine/protocol/backend.ts';

export interface Candidate {
  id: BackendId;
  /**
   * Starts the backend and registers its kernels.
   * @returns the adapter's name, or why it cannot be used here
   */
  start(request: BackendRequest): Promise<{ adapter: string; software: boolean } | { refused: string }>;
}

/**
 * @param candidates - best first
 * @throws WorkbenchError (backend) if the requested backend, or every candidate, fails to start
 */
export async function startBackend(
  request: BackendRequest,
  candidates: readonly Candidate[],
): Promise<BackendReport> {
  const tried: BackendReport['tried'] = [];
  const wanted = candidates.filter((c) => request.backend === 'auto' || c.id === request.backend);
  for (const candidate of wanted) {
    const outcome = await attempt(candidate, request);
    if ('refused' in outcome) {
      tried.push({ id: candidate.id, outcome: outcome.refused });
      continue;
    }
    const passedOver = tried.map((t) => `${t.id}: ${t.outcome}`);
    const asked = request.backend !== 'auto';
    const reason = asked
      ? 'Asked for in the settings.'
      : passedOver.length > 0
        ? passedOver.join(' ')
        : 'The fastest backend of this machine.';
    tried.push({ id: candidate.id, outcome: 'started' });
    return { active: candidate.id, ...outcome, reason, tried };
  }
  throw WorkbenchError.of('backend', {
    path: 'backend',
    expected: request.backend === 'auto' ? 'a backend that starts' : `the backend ${request.backend}`,
    // The sentence around it ends with a full stop of its own.
    got:
      tried
        .map((t) => `${t.id}: ${t.outcome}`)
        .join(' ')
        .replace(/\.$/, '') || 'no such backend here',
    remedy:
      request.backend === 'auto'
        ? 'Use a browser with WebAssembly.'
        : 'Choose "auto" to use the best one that starts.',
  });
}

async function attempt(candidate: Candidate, request: BackendRequest) {
  try {
    const outcome = await candidate.start(request);
    if ('refused' in outcome) return outcome;
    if (await tf.setBackend(candidate.id)) {
      await tf.ready();
      return outcome;
    }
    return { refused: 'did not initialise.' };
  } catch (error) {
    return { refused: `did not start (${error instanceof Error ? error.message : String(error)}).` };
  }
}

/** Single-threaded: threads do not survive a minified bundle, and our own kernels share the plain memory. */
export function requireSingleThread(): void {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
}
