// Follows one score over the epochs: which epoch was best, and when to give up.

export interface StoppingState {
  best: number;
  bestEpoch: number;
  bestStep: number;
  /** Epochs since the best one. */
  waited: number;
  stopped: boolean;
}

/** `patience` 0 never stops. A NaN score never counts as better. */
export class EarlyStopping {
  state: StoppingState = {
    best: Number.NEGATIVE_INFINITY,
    bestEpoch: 0,
    bestStep: 0,
    waited: 0,
    stopped: false,
  };
  private readonly patience: number;

  constructor(patience: number) {
    this.patience = patience;
  }

  /** @param score - higher is better; @returns true when this epoch is the best so far */
  update(score: number, epoch: number, step: number): boolean {
    const isFirst = this.state.bestEpoch === 0;
    if (score > this.state.best || isFirst) {
      const best = Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score;
      this.state = { best, bestEpoch: epoch, bestStep: step, waited: 0, stopped: false };
      return true;
    }
    const waited = this.state.waited + 1;
    this.state = { ...this.state, waited, stopped: this.patience > 0 && waited >= this.patience };
    return false;
  }
}
