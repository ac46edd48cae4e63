// The shape of the page's state, slice by slice. Actions stand beside their slice.
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
  /** Null until the worker has said what it offers. */
  catalog: Catalog | null;
  experiment: Experiment | null;
  /** Id of the preset last chosen, or null after a link or a file. */
  presetId: string | null;
  /** Values typed but not taken, by link path; the experiment keeps what it had there. */
  refused: Record<string, Issue>;
  /** Why the experiment as it stands cannot run, as the worker says. */
  checked: Issue[];
  /** Both of these: while there are any, nothing runs. */
  issues: Issue[];
  /** What the experiment comes to; null while it has issues. */
  summary: ExperimentSummary | null;
  /** What was wrong with the link or file the experiment came from. */
  sourceIssues: { title: string; issues: Issue[] } | null;
  setExperiment(experiment: Experiment): void;
  /** `path` as in a link: `seed`, `data`, `model.blocks`. A value that cannot be is refused, with the reason. */
  setValue(path: string, value: unknown): void;
  loadPreset(id: string): void;
  /** Takes the paper's settings where the table at hand is one of its tables. */
  useKnownTable(): void;
  /** Parses untrusted JSON; refuses it with all issues when it is not an experiment. */
  importExperiment(title: string, text: string): void;
  dismissSourceIssues(): void;
  /** Asks the worker about the experiment, a moment after the last change. */
  checkSoon(): void;
}

export interface DataSlice {
  file: TableInput | null;
  preview: TablePreview | null;
  fileError: ErrorReport | null;
  /** The file that was chosen last and could not be read. */
  refusedFile: TableInput | null;
  /** How far a table is that takes long to be read. */
  reading: Reading | null;
  stopReading(): void;
  /** Reads a part of the rows of the file that was too large. @returns as `chooseFile` */
  sampleRefused(sample: 'first' | 'random'): Promise<boolean>;
  /** What the Data tab shows; of the settings before while they are described anew. */
  description: DataDescription | null;
  descriptionError: ErrorReport | null;
  isDescribing: boolean;
  /** Describes the data of the experiment as it is. */
  describeData(): Promise<void>;
  /** The user has chosen a table that is still being read: whatever the experiment names is not loaded over it. */
  isChoosingFile: boolean;
  /** One that cannot be read never takes the place of one that could. @returns whether it is the table now */
  chooseFile(file: TableInput): Promise<boolean>;
  /** The rows of a split from a file of their own, or from the table again; one that does not fit changes nothing. @returns as `chooseFile` */
  chooseSplitFile(split: SplitWithFile, file: SplitFile | null): Promise<boolean>;
  /** Reads the file again with the settings as they are. */
  previewFile(): Promise<void>;
  /** Tables that are kept in the browser, newest last. */
  keptTables: readonly KeptTable[];
  /** What the browser said when a table was to be kept or deleted; null where all went well. */
  keptTablesNote: string | null;
  listKeptTables(): Promise<void>;
  /** Keeps the table of the experiment and its columns, so that a later visit does not ask for the file. */
  keepTable(place: Place): Promise<void>;
  deleteKeptTable(id: string): Promise<void>;
  /** A table that is kept in the browser, or ships with the page. */
  loadExample(name: string): Promise<void>;
  /** The same where the experiment names it; what the user has chosen meanwhile stays. */
  loadNamed(name: string): Promise<void>;
}

export interface EngineSlice {
  /** The first of them checks and measures for the experiment on the left as well. */
  engines: readonly EngineState[];
  engineLimit: number;
  backendRequest: BackendRequest;
  /** What happened to the GPU and how the run goes on, until it is dismissed. */
  recoveryNote: string | null;
  /**
   * Restarts the one that failed or is silent, or the first.
   * @param options.resume - id of the run to take up again from its last checkpoint, or from its start where it has none
   */
  restartEngine(options?: { request?: BackendRequest; resume?: string }): void;
}

export interface RunsSlice extends Runs {
  shownRunId: string | null;
  /** A run of an earlier visit that can go on. */
  unfinished: Checkpoint | null;
  /** Told once, never fatal: checkpoints cannot be kept here. */
  storageNote: string | null;
  /**
   * @param options.weights - of the model, which is then measured instead of trained
   * @returns the id of the run; null where none can begin now
   */
  start(options?: { paused?: boolean; experiment?: Experiment; weights?: WeightsInput }): string | null;
  /** Gives a run to a free engine behind what is on screen. @returns false where none is free */
  trainRun(runId: string, run: { experiment: Experiment; file?: TableInput; resume?: Checkpoint }): boolean;
  /** Of the run on screen, from its next step on. */
  setTaskWeights(weights: readonly number[]): void;
  pause(): void;
  resume(): void;
  step(): void;
  stop(): void;
  /** Writes what there is of the runs that go on: the page may be about to go. */
  keepNow(): void;
  reset(): void;
  showRun(runId: string): void;
  resumeFromCheckpoint(runId: string, paused?: boolean): void;
  /** A run whose engine died: from its last checkpoint, or from the start when it has none. */
  takeUp(runId: string, paused?: boolean): void;
  resumeUnfinished(): void;
  discardUnfinished(): void;
  /** Saves the weights of a network of the shown run as a file. */
  exportWeights(role: Role): void;
  /** Events of the worker; they are gathered and applied together. */
  receive(event: RunEvent): void;
  /** The run of this engine cannot go on there; its curves stay. */
  interrupt(engineId: EngineId, error: ErrorReport): void;
  noteStorage(error: unknown): void;
  /** Shows a recorded run until there is one of the user's own. */
  showExample(events: readonly RunEvent[]): void;
}

export interface KeptSlice {
  /** Runs of all visits, newest first; null until storage has been read. */
  kept: readonly RunEntry[] | null;
  /** What they may take, in bytes. */
  budget: number;
  /** Whether the browser has promised not to clear them away; null until it was asked. */
  isPersisted: boolean | null;
  /** Something could not be written: what was computed is in the memory of this page alone. */
  keepTrouble: { kind: 'full' | 'refused'; message: string; unkept: readonly string[] } | null;
  /** Ids of the runs that were deleted last, for `undoDelete`. */
  lastDeleted: readonly string[];
  /** Why the run last asked for could not be opened. */
  openProblem: string | null;
  loadKept(): Promise<void>;
  /** Into `runs`, with its curves and answers. @returns whether there is such a run */
  bringBack(runId: string): Promise<boolean>;
  /** Out of memory again, kept as it is now; one on screen or in training stays. */
  letGo(runId: string): Promise<void>;
  /** Shows a run as if it had just ended. @returns whether it could */
  openKept(runId: string): Promise<boolean>;
  /** Records of runs, those that can be read; what is on screen is as it is now. */
  readRecords(runIds: readonly string[]): Promise<RunRecord[]>;
  /** Goes on from its checkpoint. */
  resumeKept(runId: string): Promise<void>;
  labelRun(runId: string, labels: Partial<RunLabels>): Promise<void>;
  /** Those that go on stay. */
  deleteRuns(runIds: readonly string[]): Promise<void>;
  undoDelete(): Promise<void>;
  /** Chosen in the list, to be compared, exported or deleted. */
  selectedRuns: readonly string[];
  selectRuns(runIds: readonly string[]): void;
  /** Saves runs as a file. */
  exportRuns(runIds: readonly string[], withNetworks: boolean): Promise<void>;
  /**
   * Takes the runs of such files, and of sweeps that the command line has trained; `archiveReport` says what came of it.
   * @returns how many sweeps were among them
   */
  importRuns(files: readonly File[]): Promise<number>;
  archiveReport: { title: string; lines: readonly string[] } | null;
  dismissArchiveReport(): void;
  setBudget(bytes: number): Promise<void>;
  /** Drops answers and networks of all runs that are not starred, and writes what could not be written. */
  freeStorage(): Promise<void>;
  retryKeeping(): Promise<void>;
  dismissTrouble(): void;
}

export interface SweepsSlice {
  /** The queue, first to be trained first; what has ended stays until it is removed. */
  sweeps: readonly SweepItem[];
  /** Whether this tab trains the queue, or another does. */
  sweepDriver: 'none' | 'here' | 'elsewhere';
  /** Runs at a time, where several can be, and at most. */
  sweepJobs: number;
  sweepLimit: number;
  /** The one that is being written, beside the experiment on the left, which it varies. */
  sweepDraft: SweepDraft;
  changeSweepDraft(change: Partial<SweepDraft>): void;
  /** Gives a setting several values, or one again. @param text - as they are typed; null for one */
  sweepSetting(key: string, text: string | null): void;
  /** Why the queue could not be kept or read. */
  sweepNote: string | null;
  loadSweeps(): Promise<void>;
  /** To the end of the queue. @returns its id */
  addSweep(sweep: Sweep): Promise<string>;
  /** One whose runs came from elsewhere: into the queue, where what is missing waits until it is asked for. */
  adoptSweep(sweep: Sweep): Promise<void>;
  setSweepState(id: string, state: SweepItem['state']): Promise<void>;
  /** @param by - places down the queue, negative upward */
  moveSweep(id: string, by: number): Promise<void>;
  /** Trains what failed or was stopped once more. */
  retrySweep(id: string): Promise<void>;
  /** Its runs stay. */
  removeSweep(id: string): Promise<void>;
  setSweepJobs(count: number): void;
  dismissSweepNote(): void;
  /** Goes on with the queue where something waits and an engine is free. */
  continueSweeps(): void;
}

export interface ProbeTarget {
  /** The run asked about; null for the experiment on the left. */
  runId: string | null;
  role?: Role | null;
  everyEpochOnly?: boolean;
}

export interface ProbesSlice {
  /** Answers about the experiment on the left. */
  planned: Probed;
  /** By probe: what its answer is of, see `subjectOf` in probesSlice.ts. */
  plannedSubjects: Partial<Record<ProbeId, string>>;
  askProbe<Id extends ProbeId>(probe: Id, request: ProbeRequest<Id>, target: ProbeTarget): void;
  /** Withdraws a question, or goes back to what is asked while nobody looks. */
  endProbe(probe: ProbeId, runId: string | null): void;
  /** Withdraws all questions about the experiment on the left. */
  endPlanned(): void;
  receiveAnswer(event: ProbeAnswer): void;
  /** Sees to it that an engine has the networks of a run. @returns why that cannot be, or null */
  openNetworks(runId: string): Promise<ErrorReport | null>;
  /** Its networks could not be opened. */
  refuseOpened(runId: string, error: ErrorReport): void;
  /** The engine is gone, and what was asked of it. */
  interruptProbes(engineId: EngineId, error: ErrorReport): void;
}

export interface Opened {
  title: string;
  text: string;
  /** Weights that were checked and wait for a decision, with the experiment that the file has, where it has one. */
  weights: { input: WeightsInput; experiment: Experiment | null } | null;
}

export interface UiSlice {
  tab: string;
  view: PanelView;
  /** What was opened last, until it is dismissed. */
  opened: Opened | null;
  /** Takes the new version of the page that has arrived, by a reload; null where there is none. */
  takeNewVersion: (() => void) | null;
  /** The experiment drawer of narrow windows. */
  drawerOpen: boolean;
  /** The experiment that stood on the left when a lesson began, to go back to. */
  beforeLesson: Experiment | null;
  setTab(tab: string): void;
  setView(patch: Partial<PanelView>): void;
  setDrawer(open: boolean): void;
  /** Slow motion of runs on screen: at most that many steps a second; null for as fast as it goes. */
  pace: number | null;
  setPace(stepsPerSecond: number | null): void;
  /** Begins a lesson at a step. */
  openLesson(id: string, step?: number): void;
  /** Ends the lesson; the settings on the left stay until they are asked back. */
  closeLesson(): void;
  /** Puts back the experiment from before the first lesson. */
  restoreBeforeLesson(): void;
}

export type AppState = ConfigSlice &
  DataSlice &
  EngineSlice &
  RunsSlice &
  KeptSlice &
  SweepsSlice &
  ProbesSlice &
  UiSlice;
export type SetState = (change: Partial<AppState> | ((state: AppState) => Partial<AppState>)) => void;
export type GetState = () => AppState;
