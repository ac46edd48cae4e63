// The user's table: its file, and what the worker makes of them before targets are chosen.

import type { Params } from '../engine/config/params.ts';
import {
  attachedFile,
  fileNameOf,
  needsFile,
  readableOf,
  SPLIT_FILES,
  type TableInput,
  tableInput,
  withSplitFile,
} from '../engine/config/tableInput.ts';
import type { ErrorReport } from '../engine/core/errors.ts';
import type { Context } from './context.ts';
import type { DataSlice } from './state.ts';

/** Settings that may name what only one table has, as they are for a table of which nothing is known. */
const USUAL: Readonly<Params> = { sample: 'all', sheet: '' };

export function createDataSlice({ set, get, env, pool }: Context): DataSlice {
  let questions = 0;
  let descriptions = 0;
  /** Tables asked for so far: one that arrives late must not replace a later choice. */
  let choices = 0;
  /** The last table that was read; stays on screen where the ones chosen after it cannot be. */
  let standing: Pick<DataSlice, 'file' | 'preview'> | null = null;
  /** Settings of the table on screen that no other table has, while another is read. */
  let putOff: Params = {};

  /** @param isUsers - chosen by the user, and not named by the experiment */
  const begin = (isUsers: boolean): (() => boolean) => {
    const choice = ++choices;
    set({ isChoosingFile: isUsers });
    return () => choice === choices;
  };

  /** Files for splits belong to the table that they were chosen for. */
  const forgetSplits = ({ name, splits }: TableInput) => {
    const params = get().experiment?.data.params;
    if (!params || params.file === name || splits) return;
    for (const key of Object.values(SPLIT_FILES)) if (params[key]) get().setValue(`data.${key}`, '');
  };

  /** The column of a sample, and a sheet, belong to the table that they were chosen for. */
  const putOffOwn = (name: string) => {
    const params = get().experiment?.data.params;
    if (!params || params.file === name) return;
    for (const [key, usual] of Object.entries(USUAL)) {
      const value = params[key];
      if (value === undefined || value === usual || (key === 'sample' && value !== 'stratified')) continue;
      putOff = { ...putOff, [key]: value };
      get().setValue(`data.${key}`, usual);
    }
  };

  /** The table of before stays as it was read, and so do its settings. */
  const restoreOwn = () => {
    const { experiment } = get();
    const own = Object.entries(putOff).filter(([key]) => experiment?.data.params[key] === USUAL[key]);
    if (!experiment || own.length === 0) return;
    const params = { ...experiment.data.params, ...Object.fromEntries(own) };
    // Not by `setValue`, which would read that table again and so clear the error of the other.
    set({ experiment: { ...experiment, data: { ...experiment.data, params } } });
  };

  /** Reads a table that was chosen. @returns whether it was read, and is still the one wanted */
  const take = async (file: TableInput, isCurrent: () => boolean): Promise<boolean> => {
    const { file: before, preview } = get();
    if (before && preview) standing = { file: before, preview };
    set({ file, preview: null, fileError: null, refusedFile: null });
    await get().previewFile();
    if (!isCurrent()) return false;
    const isRead = get().fileError === null;
    if (!isRead) restoreOwn();
    putOff = {};
    set({ isChoosingFile: false, ...(isRead ? {} : { refusedFile: file }) });
    if (!isRead && standing) set(standing);
    else if (needsFile(get().experiment, get().catalog)) {
      forgetSplits(file);
      get().setValue('data.file', file.name);
    }
    checkIfLoaded();
    return isRead;
  };

  /** Where the experiment names the table that was refused, a check would load it again, without end. */
  const checkIfLoaded = () => {
    const { experiment, catalog, file } = get();
    const wanted = experiment && fileNameOf(experiment, catalog);
    if (wanted === null || wanted === file?.name) get().checkSoon();
  };

  /** Reads the table that was refused with other settings of reading, which are kept only if it can be read. */
  const readRefused = async (settings: Readonly<Record<string, string>>): Promise<boolean> => {
    const { refusedFile, experiment: before, catalog, setValue } = get();
    if (!refusedFile) return false;
    const isCurrent = begin(true);
    if (!needsFile(before, catalog))
      setValue('data', catalog?.sources.find((source) => source.needsFile)?.id);
    for (const [key, value] of Object.entries(settings)) setValue(`data.${key}`, value);
    if (await take(refusedFile, isCurrent)) {
      setValue('tasks.targets', []);
      set({ presetId: null, sourceIssues: null });
      return true;
    }
    const { experiment } = get();
    if (isCurrent() && before && experiment) {
      // Not by `setValue`: the table of before stands as it was read, and the error stays.
      set({ experiment: { ...experiment, data: before.data, tasks: before.tasks } });
      checkIfLoaded();
    }
    return false;
  };

  const load = async (name: string, isUsers: boolean): Promise<void> => {
    const isCurrent = begin(isUsers);
    let table = await env.tables.open(name).catch(() => null);
    if (!table) {
      try {
        const bytes = await env.fetchFile(`data/${encodeURIComponent(name)}`);
        table = tableInput(name, new Blob([bytes]));
      } catch (error) {
        if (!isCurrent()) return;
        const why = (error as Error).message;
        const message = `This experiment needs ${name}, which does not come with the page (${why}): drop it here, or choose it.`;
        const fileError: ErrorReport = { kind: 'file', message, issues: [] };
        standing = null;
        set({ file: null, preview: null, isChoosingFile: false, fileError });
        return;
      }
    }
    if (isCurrent()) await take(table, isCurrent);
  };

  return {
    file: null,
    preview: null,
    fileError: null,
    refusedFile: null,
    reading: null,
    stopReading: () => pool.send({ type: 'stop-reading' }),
    sampleRefused: (sample, by = '') =>
      readRefused({ ...(sample === 'stratified' && { sampleBy: by }), sample }),
    leaveOutRefused: () => readRefused({ badLines: 'leave-out' }),
    description: null,
    descriptionError: null,
    isDescribing: false,
    async describeData() {
      const { catalog, experiment, file } = get();
      if (!experiment) return;
      const wanted = fileNameOf(experiment, catalog);
      // A missing table is loaded when the experiment is checked, and described then.
      if (wanted !== null && file?.name !== wanted) return;
      const question = ++descriptions;
      set({ isDescribing: true });
      try {
        const { description } = await pool.ask({
          type: 'describe-data',
          experiment,
          file: attachedFile(experiment, catalog, file),
        });
        if (question === descriptions) set({ description, descriptionError: null, isDescribing: false });
      } catch (error) {
        if (question === descriptions) set({ descriptionError: error as ErrorReport, isDescribing: false });
      }
    },
    isChoosingFile: false,
    async chooseFile(file) {
      const isCurrent = begin(true);
      putOffOwn(file.name);
      return take(file, isCurrent);
    },
    async chooseSplitFile(split, given) {
      const { file, experiment } = get();
      const key = SPLIT_FILES[split];
      if (!file || !experiment) return false;
      set({ fileError: null });
      // The table of before with the files of its splits, of which another may have been added while this one was read.
      const isSameTable = () => get().file?.blob === file.blob;
      if (given) {
        const joined = withSplitFile(file, split, given);
        const data = readableOf({ ...experiment.data.params, [key]: given.name }, joined);
        try {
          await pool.ask({ type: 'preview-table', file: joined, data });
        } catch (error) {
          if (isSameTable()) set({ fileError: error as ErrorReport });
          return false;
        }
      }
      const now = get().file;
      if (!now || !isSameTable()) return false;
      set({ file: withSplitFile(now, split, given) });
      get().setValue(`data.${key}`, given?.name ?? '');
      return true;
    },
    async previewFile() {
      const { catalog, file, experiment } = get();
      if (!file) return;
      const data = needsFile(experiment, catalog) ? experiment?.data.params : undefined;
      const question = ++questions;
      const isCurrent = () => get().file === file && question === questions;
      try {
        const { table } = await pool.ask({
          type: 'preview-table',
          file,
          data: data && readableOf(data, file),
        });
        if (isCurrent()) set({ preview: table, fileError: null });
      } catch (error) {
        if (isCurrent()) set({ fileError: error as ErrorReport });
      }
    },
    keptTables: [],
    keptTablesNote: null,
    async listKeptTables() {
      try {
        set({ keptTables: await env.tables.list() });
      } catch (error) {
        set({ keptTablesNote: `Kept tables cannot be listed: ${(error as Error).message}.` });
      }
    },
    async keepTable(place) {
      const { catalog, file, experiment } = get();
      if (!file) return;
      const data = needsFile(experiment, catalog) ? experiment?.data.params : undefined;
      try {
        const { prepared } = await pool.ask({
          type: 'prepare-table',
          file,
          data: data && readableOf(data, file),
        });
        await env.storage.persist();
        await env.tables.keep({ ...file, prepared }, place);
        set({ keptTablesNote: null });
      } catch (error) {
        const { message } = error as Error | ErrorReport;
        set({ keptTablesNote: `${file.name} cannot be kept: ${message}` });
      }
      await get().listKeptTables();
    },
    async deleteKeptTable(id) {
      try {
        await env.tables.delete(id);
        set({ keptTablesNote: null });
      } catch (error) {
        set({ keptTablesNote: `The table cannot be deleted: ${(error as Error).message}` });
      }
      await get().listKeptTables();
    },
    loadExample: (name) => load(name, true),
    loadNamed: (name) => load(name, false),
  };
}
