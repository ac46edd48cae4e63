// The choice of a preset, with what it is about in a sentence; opening and saving experiments.
import { useEffect, useId, useMemo, useRef } from 'react';
import type { Catalog } from '../../engine/config/catalog.ts';
import { changesBetween } from '../../engine/config/changes.ts';
import { parseExperiment } from '../../engine/config/experiment.ts';
import { saveExperiment, useStore } from '../../store/store.ts';
import controls from './controls.module.css';
import { isPastedJson, isPastedTable } from './opening/fileKind.ts';
import { openFiles, openTable } from './opening/openFile.ts';
import classes from './presetChoice.module.css';

export function PresetChoice({ catalog }: { catalog: Catalog }) {
  const presetId = useStore((s) => s.presetId);
  const loadPreset = useStore((s) => s.loadPreset);
  const importExperiment = useStore((s) => s.importExperiment);
  const input = useRef<HTMLInputElement>(null);
  const presetInput = useId();
  const preset = catalog.presets.find((p) => p.id === presetId);
  const experiment = useStore((s) => s.experiment);
  // The sentence describes its own settings, not others.
  const changes = useMemo(() => {
    const given = preset && parseExperiment(preset.experiment, catalog).experiment;
    return given && experiment ? changesBetween(experiment, given, catalog) : [];
  }, [preset, experiment, catalog]);
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text') ?? '';
      const inField = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (inField) return;
      if (isPastedJson(text)) void openTable(new File([text], 'pasted.json'));
      else if (text.trimStart().startsWith('{')) importExperiment('The pasted experiment', text);
      else if (isPastedTable(text)) void openTable(new File([text], 'pasted.csv'));
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, [importExperiment]);
  return (
    <div className={classes.preset}>
      <div className={classes.presetHead}>
        <label htmlFor={presetInput}>Preset</label>
        <button
          type="button"
          className={controls.linkButton}
          title="Open a table, an experiment, a result, a case, a mask or weights. Files can be dropped anywhere; the text of an experiment and cells of a spreadsheet can be pasted"
          onClick={() => input.current?.click()}
        >
          Open
        </button>
        <button
          type="button"
          className={controls.linkButton}
          title="Keep this experiment as a .json file"
          onClick={saveExperiment}
        >
          Save
        </button>
      </div>
      <select
        id={presetInput}
        value={presetId ?? ''}
        onChange={(event) => loadPreset(event.currentTarget.value)}
      >
        {presetId === null && <option value="">Own experiment</option>}
        {catalog.presets.map((p) => (
          <option key={p.id} value={p.id}>
            {p.label}
          </option>
        ))}
      </select>
      {preset && (
        <span>
          {changes.length === 0
            ? preset.summary
            : `Changed from this preset: ${changes.map((c) => `${c.label} ${c.text}`).join(', ')}.`}
        </span>
      )}
      <input
        ref={input}
        type="file"
        multiple
        aria-label="Open a file"
        hidden
        onChange={(event) => {
          const target = event.currentTarget;
          void openFiles(Array.from(target.files ?? []));
          target.value = '';
        }}
      />
    </div>
  );
}
