// The attention of many runs, one after another: the stored answer, or else an answer of the stored networks.
import type { AttentionMap } from '../../../../engine/protocol/attention.ts';
import type { AttentionState } from '../../../../store/answers.ts';
import type { AppState } from '../../../../store/state.ts';

/** Mean over the first validation rows. */
const MEAN = { rows: { kind: 'mean' as const } };

export interface StoreLike {
  getState(): Pick<AppState, 'live' | 'bringBack' | 'askProbe' | 'endProbe' | 'letGo'>;
  subscribe(listener: () => void): () => void;
}

/** Whether an answer is about the mean of the rows only. */
const isMean = ({ request }: AttentionState): boolean =>
  request.rows.kind === 'mean' && request.batch === undefined && request.against === undefined;

/**
 * @returns maps of every head of the model
 * @throws Error that says why there are none
 */
export async function readAttention(store: StoreLike, runId: string): Promise<readonly AttentionMap[]> {
  const { getState } = store;
  if (!(await getState().bringBack(runId)))
    throw new Error('expected a run that this version can read, got none. Train it again.');
  const stateOf = () => getState().live[runId]?.answers.attention;
  try {
    const kept = stateOf()?.answer;
    if (kept && isMean(kept)) return kept.maps;
    getState().askProbe('attention', MEAN, { runId });
    await new Promise<void>((resolve) => {
      const look = () => {
        if (stateOf()?.isOpen) return;
        stop();
        resolve();
      };
      const stop = store.subscribe(look);
      look();
    });
    const { answer = null, error = null } = stateOf() ?? {};
    if (error) throw new Error(error.message);
    if (!answer) throw new Error('expected an answer of its networks, got none. Try again.');
    return answer.maps;
  } finally {
    getState().endProbe('attention', runId);
    await getState().letGo(runId);
  }
}
