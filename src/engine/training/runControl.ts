// The switches of a running session: pause, single step, stop, and what attention to watch. Set from outside by
// messages, read by the session between two steps.
import type { Role } from '../core/roles.ts';
import type { AttentionRequest } from '../protocol/attention.ts';
import type { StepProfile } from '../protocol/profile.ts';
import type { NeighbourRequest } from '../protocol/rows.ts';

/** A question for the profile of a network, and where the answer goes. */
export interface AskedProfile {
  role: Role;
  answer(profile: StepProfile | null): void;
  refuse(error: unknown): void;
}

export class RunControl {
  private isPaused: boolean;
  private isStopped = false;
  private stepsAllowed = 0;
  private attention: AttentionRequest | null = null;
  private selectionChanged = false;
  private expertsWatched = false;
  private expertsRole: Role | undefined;
  private proof: { role: Role | undefined } | null = null;
  private askedMask: string | null = null;
  private askedChange: NeighbourRequest | null = null;
  private askedProfiles: AskedProfile[] = [];
  private wake: (() => void) | null = null;

  constructor(paused = false) {
    this.isPaused = paused;
  }

  get stopRequested(): boolean {
    return this.isStopped;
  }

  /** True when the next step would have to wait. */
  get waiting(): boolean {
    return this.isPaused && this.stepsAllowed === 0 && !this.isStopped;
  }

  get paused(): boolean {
    return this.isPaused;
  }

  get watchedAttention(): AttentionRequest | null {
    return this.attention;
  }

  get watchesExperts(): boolean {
    return this.expertsWatched;
  }

  get watchedExpertsRole(): Role | undefined {
    return this.expertsRole;
  }

  /** Whose masks are to be proved; null = nobody's. */
  get watchedProof(): { role: Role | undefined } | null {
    return this.proof;
  }

  pause(): void {
    this.isPaused = true;
    this.notify();
  }

  resume(): void {
    this.isPaused = false;
    this.stepsAllowed = 0;
    this.notify();
  }

  /** Allows one optimizer step, then waits again. */
  step(): void {
    this.isPaused = true;
    this.stepsAllowed++;
    this.notify();
  }

  stop(): void {
    this.isStopped = true;
    this.notify();
  }

  watchAttention(request: AttentionRequest | null): void {
    this.attention = request;
    this.selectionChanged = request !== null;
    this.notify();
  }

  watchExperts(on: boolean, role?: Role): void {
    this.expertsWatched = on;
    this.expertsRole = role;
    if (on) this.selectionChanged = true;
    this.notify();
  }

  watchProof(on: boolean, role?: Role): void {
    this.proof = on ? { role } : null;
    if (on) this.selectionChanged = true;
    this.notify();
  }

  /** Asks once what the model would do under another mask. */
  askWhatIf(text: string): void {
    this.askedMask = text;
    this.selectionChanged = true;
    this.notify();
  }

  /** The mask asked about, once. */
  takeWhatIf(): string | null {
    const grid = this.askedMask;
    this.askedMask = null;
    return grid;
  }

  /** Asks once which predictions move when one value of one row is changed. */
  askNeighbours(request: NeighbourRequest): void {
    this.askedChange = request;
    this.selectionChanged = true;
    this.notify();
  }

  /** The change asked about, once. */
  takeNeighbours(): NeighbourRequest | null {
    const asked = this.askedChange;
    this.askedChange = null;
    return asked;
  }

  /** Asks where the time of a step goes, to be measured between two steps. @returns null when the run ends first */
  askProfile(role: Role): Promise<StepProfile | null> {
    return new Promise((answer, refuse) => {
      this.askedProfiles.push({ role, answer, refuse });
      this.selectionChanged = true;
      this.notify();
    });
  }

  takeProfiles(): AskedProfile[] {
    const asked = this.askedProfiles;
    this.askedProfiles = [];
    return asked;
  }

  /** True once after each change of what is watched. */
  takeSelectionChange(): boolean {
    const changed = this.selectionChanged;
    this.selectionChanged = false;
    return changed;
  }

  /** Spends one allowed step. */
  takeStep(): void {
    if (this.stepsAllowed > 0) this.stepsAllowed--;
  }

  /** Resolves at the next change of any switch. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private notify(): void {
    const wake = this.wake;
    this.wake = null;
    wake?.();
  }
}
