// The page's state, slice by slice. Actions stand beside their slice.
import type { EngineId, EngineState } from '../client/enginePool.ts';
import type { Catalog } from '../engine/config/catalog.ts';
import type { Experiment } from '../engine/config/experiment.ts';
import type { SplitFile, SplitWithFile, TableInput } from '../engine/config/tableInput.ts';
import type { ErrorReport, Issue } from '../engine/core/errors.ts';
import type { Role } from '../engine/core/roles.ts';
import type { TablePreview } from '../engine/data/preview.ts';
import type { WeightsInput } from '../engine/data/source.ts';
import type { ProbeId, ProbeRequest } from '../engine/probes/registry.ts';
import type { BackendRequest } from '../engine/protocol/backend.ts';
import type { Checkpoint } from '../engine/protocol/checkpoint.ts';
import type { DataDescription } from '../engine/protocol/dataDescription.ts';
import type { ExperimentSummary } from '../engine/protocol/experiment.ts';
import type { Reading } from '../engine/protocol/messages.ts';
import type { ProbeAnswer } from '../engine/protocol/probe.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import type { Sweep } from '../engine/sweeps/sweep.ts';
import type { Probed } from './answers.ts';
import type { RunEntry, RunLabels } from './runEntry.ts';
import type { RunRecord } from './runRecord.ts';
import type { Runs } from './runs.ts';
import type { KeptTable, Place } from './storage/keptTable.ts';
import type { SweepItem } from './sweeps/sweepItem.ts';
import type { SweepDraft } from './sweeps/typedAxes.ts';
import type { PanelView } from './view.ts';

export interface ConfigSlice {
  /** Null until the worker has sent it. */
  catalog: Catalog | null;
  experiment: Experiment | null;
  /** Id of the preset last chosen, or null after a link or a file. */
  presetId: string | null;
  /** Values that were typed but refused, by link path; the experiment keeps its previous value there. */
  refused: Record<string, Issue>;
  /** Why the worker says that the current experiment cannot run. */
  checked: Issue[];
  /** `refused` and `checked` together: a run needs both to be empty. */
  issues: Issue[];
  /** The plan of the experiment: networks, parameters, rows; null while it has issues. */
  summary: ExperimentSummary | null;
  /** Issues of the link or file that the experiment came from. */
  sourceIssues: { title: string; issues: Issue[] } | null;
  setExperiment(experiment: Experiment): void;
  /** `path` as in a link: `seed`, `data`, `model.blocks`. An invalid value is refused with the reason. */
  setValue(path: string, value: unknown): void;
  loadPreset(id: string): void;
  /** Uses the paper's settings if the current table is one of the paper's tables. */
  useKnownTable(): void;
  /** Parses untrusted JSON; if it is not a valid experiment, refuses it with all issues. */
  importExperiment(title: string, text: string): void;
  dismissSourceIssues(): void;
  /** Has the worker check the experiment, shortly after the last change. */
  checkSoon(): void;
}

export interface DataSlice {
  file: TableInput | null;
  preview: TablePreview | null;
  fileError: ErrorReport | null;
  /** The file that was chosen last, if it could not be read. */
  refusedFile: TableInput | null;
  /** Progress of reading a large table. */
  reading: Reading | null;
  stopReading(): void;
  /**
   * Reads part of the rows of the file that was too large, without targets.
   * @param by - the column whose values a stratified sample keeps in proportion
   * @returns as `chooseFile`; what cannot be read changes nothing
   */
  sampleRefused(sample: 'first' | 'random' | 'stratified', by?: string): Promise<boolean>;
  /** Reads the file that was refused without its broken lines. @returns as `sampleRefused` */
  leaveOutRefused(): Promise<boolean>;
  /** What the Data tab shows; while it is being updated, the description of the previous settings. */
  description: DataDescription | null;
  descriptionError: ErrorReport | null;
  isDescribing: boolean;
  /** Describes the data of the current experiment. */
  describeData(): Promise<void>;
  /** The user has chosen a table that is still being read: whatever the experiment names is not loaded over it. */
  isChoosingFile: boolean;
  /** One that cannot be read never takes the place of one that could. @returns whether it is the table now */
  chooseFile(file: TableInput): Promise<boolean>;
  /** The rows of a split from a file of their own, or from the table again; one that does not fit changes nothing. @returns as `chooseFile` */
  chooseSplitFile(split: SplitWithFile, file: SplitFile | null): Promise<boolean>;
  /** Reads the file again with the current settings. */
  previewFile(): Promise<void>;
  /** Tables kept in the browser, newest last. */
  keptTables: readonly KeptTable[];
  /** Why a table could not be kept or deleted; null if nothing failed. */
  keptTablesNote: string | null;
  listKeptTables(): Promise<void>;
  /** Keeps the experiment's table and its columns, so that a later visit need not ask for the file. */
  keepTable(place: Place): Promise<void>;
  deleteKeptTable(id: string): Promise<void>;
  /** Loads a table that is kept in the browser, or ships with the page. */
  loadExample(name: string): Promise<void>;
  /** The same where the experiment names it; what the user has chosen meanwhile stays. */
  loadNamed(name: string): Promise<void>;
}

export interface EngineSlice {
  /** All engines. The first one also checks and measures for the experiment on the left. */
  engines: readonly EngineState[];
  engineLimit: number;
  backendRequest: BackendRequest;
  /** What happened to the GPU and how the run continues, until dismissed. */
  recoveryNote: string | null;
  /**
   * Restarts the engine that failed or is silent, or else the first one.
   * @param options.resume - id of the run to resume from its last checkpoint, or from its start if it has none
   */
  restartEngine(options?: { request?: BackendRequest; resume?: string }): void;
}

export interface AskedWeights {
  runId: string;
  /** Of the seed that trained then; the next one begins with the weights of the settings. */
  seed: number | undefined;
  /** How many notes the run had then. */
  notes: number;
  weights: readonly number[];
}

export interface RunsSlice extends Runs {
  shownRunId: string | null;
  /** The checkpoint of an earlier visit's run that can resume. */
  unfinished: Checkpoint | null;
  /** Shown once, never fatal: this browser cannot keep checkpoints. */
  storageNote: string | null;
  /**
   * @param options.weights - weights of the model, which is then measured instead of trained
   * @returns the id of the run; null if none can begin now
   */
  start(options?: { paused?: boolean; experiment?: Experiment; weights?: WeightsInput }): string | null;
  /** Gives a run to a free engine, in the background. @returns false if none is free */
  trainRun(
    runId: string,
    run: { experiment: Experiment; file?: TableInput; resume?: Checkpoint; paused?: boolean },
  ): boolean;
  /** The task weights last asked for by hand; its run tells in its notes when it has taken them. */
  askedWeights: AskedWeights | null;
  /** Sets the task weights of the run on screen, from its next step on. */
  setTaskWeights(weights: readonly number[]): void;
  pause(): void;
  resume(): void;
  step(): void;
  stop(): void;
  /** Writes what is pending of runs in progress: the page may be closing. */
  keepNow(): void;
  reset(): void;
  showRun(runId: string): void;
  resumeFromCheckpoint(runId: string, paused?: boolean): void;
  /** Resumes a run whose engine died: from its last checkpoint, or from the start if it has none. */
  takeUp(runId: string, paused?: boolean): void;
  resumeUnfinished(): void;
  discardUnfinished(): void;
  /** Saves the weights of a network of the shown run as a file. */
  exportWeights(role: Role): void;
  /** Takes events of the worker; they are collected and applied together. */
  receive(event: RunEvent): void;
  /**
   * Ends the run of this engine, which cannot continue there; its curves stay.
   * @param isFailed - the run counts as failed; otherwise it can go on elsewhere
   */
  interrupt(engineId: EngineId, error: ErrorReport, isFailed?: boolean): void;
  noteStorage(error: unknown): void;
  /** Shows a recorded run until the user has started one. */
  showExample(events: readonly RunEvent[]): void;
}

export interface LockstepSlice {
  /** Two runs that train step by step together, the one on screen first. The engines know them as paused. */
  lockstep: { runIds: readonly [string, string]; firstNumber: number; isPlaying: boolean } | null;
  /**
   * Trains the experiment on the left and another one in lock-step.
   * @returns the ids of both runs; null where two cannot begin now
   */
  startLockstep(other: Experiment): readonly [string, string] | null;
  /** @returns whether the run is in lock-step, and both were told */
  controlLockstep(type: 'pause' | 'resume' | 'step' | 'stop', runId: string): boolean;
  /** The pace has changed. */
  keepPace(): void;
  hearLockstep(event: RunEvent): void;
  /** The run cannot go on with the other one, which stays paused. */
  leaveLockstep(runId: string): void;
}

export interface KeptSlice {
  /** Runs of all visits, newest first; null until storage has been read. */
  kept: readonly RunEntry[] | null;
  /** Storage budget for kept runs, in bytes. */
  budget: number;
  /** Whether the browser has promised not to evict them; null until it was asked. */
  isPersisted: boolean | null;
  /** A write failed: its content exists only in the memory of this page. */
  keepTrouble: { kind: 'full' | 'refused'; message: string; unkept: readonly string[] } | null;
  /** Ids of the runs deleted last, for `undoDelete`. */
  lastDeleted: readonly string[];
  /** Why the run last asked for could not be opened. */
  openProblem: string | null;
  loadKept(): Promise<void>;
  /** Loads a kept run into `runs`, with its curves and answers. @returns whether there is such a run */
  bringBack(runId: string): Promise<boolean>;
  /** Removes a run from memory, stored in its current state; a run on screen or in training stays. */
  letGo(runId: string): Promise<void>;
  /** Shows a kept run as if it had just ended. @returns whether that was possible */
  openKept(runId: string): Promise<boolean>;
  /** Records of the runs that can be read; a run on screen is returned in its current state. */
  readRecords(runIds: readonly string[]): Promise<RunRecord[]>;
  /** Resumes a kept run from its checkpoint. */
  resumeKept(runId: string): Promise<void>;
  labelRun(runId: string, labels: Partial<RunLabels>): Promise<void>;
  /** Deletes runs; those in progress stay. */
  deleteRuns(runIds: readonly string[]): Promise<void>;
  undoDelete(): Promise<void>;
  /** Runs selected in the list, to be compared, exported or deleted. */
  selectedRuns: readonly string[];
  selectRuns(runIds: readonly string[]): void;
  /** Saves runs as a file. */
  exportRuns(runIds: readonly string[], withNetworks: boolean): Promise<void>;
  /**
   * Imports runs from such files, and from sweeps of the command line; `archiveReport` has the outcome.
   * @returns how many sweeps were among them
   */
  importRuns(files: readonly File[]): Promise<number>;
  archiveReport: { title: string; lines: readonly string[] } | null;
  dismissArchiveReport(): void;
  setBudget(bytes: number): Promise<void>;
  /** Deletes answers and networks of all runs without a star, and retries failed writes. */
  freeStorage(): Promise<void>;
  retryKeeping(): Promise<void>;
  dismissTrouble(): void;
}

export interface SweepsSlice {
  /** The queue in training order; ended sweeps stay until they are removed. */
  sweeps: readonly SweepItem[];
  /** Whether this tab trains the queue, or another does. */
  sweepDriver: 'none' | 'here' | 'elsewhere';
  /** Runs in training at a time, and at most how many. */
  sweepJobs: number;
  sweepLimit: number;
  /** The sweep that is being written; it varies the experiment on the left. */
  sweepDraft: SweepDraft;
  changeSweepDraft(change: Partial<SweepDraft>): void;
  /** Gives a setting several values, or one again. @param text - the values as typed; null for one */
  sweepSetting(key: string, text: string | null): void;
  /** Why the queue could not be stored or read. */
  sweepNote: string | null;
  loadSweeps(): Promise<void>;
  /** Appends a sweep to the queue. @returns its id */
  addSweep(sweep: Sweep): Promise<string>;
  /**
   * One whose runs came from elsewhere: into the queue, where what is missing waits until it is asked for.
   * @returns why its table is not at hand, where it is not
   */
  adoptSweep(sweep: Sweep): Promise<string | null>;
  setSweepState(id: string, state: SweepItem['state']): Promise<void>;
  /** @param by - number of places towards the end of the queue, negative towards its start */
  moveSweep(id: string, by: number): Promise<void>;
  /** Trains the failed and stopped runs of a sweep again. */
  retrySweep(id: string): Promise<void>;
  /** Removes a sweep from the queue; its runs stay. */
  removeSweep(id: string): Promise<void>;
  setSweepJobs(count: number): void;
  dismissSweepNote(): void;
  /** Continues the queue if a run waits and an engine is free. */
  continueSweeps(): void;
}

export interface ProbeTarget {
  /** The run that is probed; null for the experiment on the left. */
  runId: string | null;
  role?: Role | null;
  everyEpochOnly?: boolean;
}

export interface ProbesSlice {
  /** Answers about the experiment on the left. */
  planned: Probed;
  /** The subject of each probe's answer, see `subjectOf` in probesSlice.ts. */
  plannedSubjects: Partial<Record<ProbeId, string>>;
  askProbe<Id extends ProbeId>(probe: Id, request: ProbeRequest<Id>, target: ProbeTarget): void;
  /** Withdraws a question, or returns to the request that is asked when no panel shows the probe. */
  endProbe(probe: ProbeId, runId: string | null): void;
  /** Withdraws all questions about the experiment on the left. */
  endPlanned(): void;
  receiveAnswer(event: ProbeAnswer): void;
  /** Loads the networks of a run into an engine. @returns why that failed, or null */
  openNetworks(runId: string): Promise<ErrorReport | null>;
  /** Reports that the networks of a run could not be loaded. */
  refuseOpened(runId: string, error: ErrorReport): void;
  /** Ends all questions to an engine that is gone. */
  interruptProbes(engineId: EngineId, error: ErrorReport): void;
}

export interface Opened {
  title: string;
  text: string;
  /** Checked weights that wait for the user's decision, with the experiment stored in the file, if any. */
  weights: { input: WeightsInput; experiment: Experiment | null } | null;
}

/** What there is to say of a link besides that it was copied. */
export type ShareNote =
  /** Files that are not in the link, and the backend that computed the numbers on screen. */
  | { kind: 'copied'; apart: string | null; backend: string | null }
  | { kind: 'refused'; link: string }
  | { kind: 'too-long'; length: number };

export interface UiSlice {
  tab: string;
  view: PanelView;
  /** What was opened last, until dismissed. */
  opened: Opened | null;
  /** The weights measured last, so that a file that does not fit is measured with its own settings without opening it again. */
  measured: Opened['weights'];
  /** Reloads the page to get a newer version; null if there is none. */
  takeNewVersion: (() => void) | null;
  /** Of the link made last, until it is closed. */
  shareNote: ShareNote | null;
  /** Whether the drawer with the experiment is open (narrow windows). */
  drawerOpen: boolean;
  /** The experiment that stood on the left when a lesson began. */
  beforeLesson: Experiment | null;
  setTab(tab: string): void;
  setView(patch: Partial<PanelView>): void;
  setDrawer(open: boolean): void;
  /** Slow motion for runs on screen: at most this many steps a second; null for full speed. */
  pace: number | null;
  setPace(stepsPerSecond: number | null): void;
  /** The settings that the open lesson is about, by their keys in a link; null without a lesson. */
  about: readonly string[] | null;
  setAbout(keys: readonly string[] | null): void;
  /** The link names a step of a lesson and no settings, so that the step sets them up. */
  isStepToSetUp: boolean;
  /** Begins a lesson at a step. */
  openLesson(id: string, step?: number): void;
  /** Ends the lesson; its settings stay on the left until the user restores the earlier ones. */
  closeLesson(): void;
  /** Restores the experiment from before the first lesson. */
  restoreBeforeLesson(): void;
}

export type AppState = ConfigSlice &
  DataSlice &
  EngineSlice &
  RunsSlice &
  LockstepSlice &
  KeptSlice &
  SweepsSlice &
  ProbesSlice &
  UiSlice;
export type SetState = (change: Partial<AppState> | ((state: AppState) => Partial<AppState>)) => void;
export type GetState = () => AppState;
