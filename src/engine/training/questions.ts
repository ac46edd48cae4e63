// The open questions about the networks of a run: at most one per probe. A new question replaces the previous one.
import type { ProbeMode, ProbeQuestion } from '../protocol/probe.ts';

export interface Question extends ProbeQuestion {
  mode: ProbeMode;
}

export class Questions {
  private readonly open = new Map<string, Question>();
  private readonly unanswered = new Set<Question>();
  private hasNew = false;
  private readonly onChange: () => void;

  constructor(onChange: () => void = () => {}) {
    this.onChange = onChange;
  }

  /** Everything that is open, oldest first. */
  get all(): readonly Question[] {
    return [...this.open.values()];
  }

  /** Questions that have not been answered since they were asked. */
  get waiting(): readonly Question[] {
    return this.all.filter((question) => this.unanswered.has(question));
  }

  isOpen(question: Question): boolean {
    return this.open.get(question.probe) === question;
  }

  /** Whether a question to this probe is open. */
  isAsked(probe: string): boolean {
    return this.open.has(probe);
  }

  put(question: Question): void {
    this.withdraw(question.probe);
    this.open.set(question.probe, question);
    this.unanswered.add(question);
    this.hasNew = true;
    this.onChange();
  }

  withdraw(probe: string): void {
    const question = this.open.get(probe);
    if (!question) return;
    this.open.delete(probe);
    this.unanswered.delete(question);
    this.onChange();
  }

  withdrawAll(): void {
    for (const { probe } of this.all) this.withdraw(probe);
  }

  /** True once after new questions have arrived. */
  takeNew(): boolean {
    const had = this.hasNew && this.open.size > 0;
    this.hasNew = false;
    return had;
  }

  /** A watch stays open. */
  answered(question: Question): void {
    this.unanswered.delete(question);
    if (question.mode === 'once' && this.isOpen(question)) this.open.delete(question.probe);
  }
}
