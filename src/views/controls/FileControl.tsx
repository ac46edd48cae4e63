// Chooses the table: a file of the user, by button or by drop, or one of the examples.
import { useMemo, useRef } from 'react';
import { knownTable } from '../../engine/config/knownTables.ts';
import { tableInput } from '../../engine/config/tableInput.ts';
import { labelled } from '../../store/labels.ts';
import { useStore } from '../../store/store.ts';
import { plural } from '../charts/format.ts';
import classes from './controls.module.css';
import { ReadingLine } from './ReadingLine.tsx';
import { RefusedButtons } from './RefusedButtons.tsx';
import { SplitFiles } from './SplitFiles.tsx';

export const EXAMPLES = ['penguins.csv', 'cars.csv', 'wine.csv', 'weather.csv', 'birdstrikes.csv'];

export function FileControl() {
  const formats = useStore((s) => s.catalog?.formats) ?? [];
  const preview = useStore((s) => s.preview);
  const fileError = useStore((s) => s.fileError);
  const chooseFile = useStore((s) => s.chooseFile);
  const dismissSourceIssues = useStore((s) => s.dismissSourceIssues);
  const loadExample = useStore((s) => s.loadExample);
  const setValue = useStore((s) => s.setValue);
  const known = useMemo(() => preview && knownTable(preview.columns), [preview]);
  const takeKnown = useStore((s) => s.useKnownTable);
  const accept = formats.flatMap((f) => f.extensions).join(',');
  const input = useRef<HTMLInputElement>(null);
  const at = useStore((s) => s.experiment?.data.params.file);
  const open = async (file: File | undefined) => {
    if (!file || !(await chooseFile(tableInput(file.name, file)))) return;
    setValue('tasks.targets', []);
    // What could not be opened before is no longer the question.
    dismissSourceIssues();
  };
  return (
    // A drop here, as anywhere in the window, is handled by the page.
    <section className={classes.drop} aria-label="Table" data-path="data.file">
      <span className={classes.caption}>
        {preview
          ? `${preview.name}: ${plural(preview.rows, 'row')}, ${plural(preview.columns.length, 'column')}`
          : `Drop a ${formats.map((f) => f.label).join(' or ')} file here`}
      </span>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        aria-label="Choose a table"
        onChange={(event) => {
          void open(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      <div className={classes.dropButtons}>
        <button type="button" className={classes.link} onClick={() => input.current?.click()}>
          Choose a file
        </button>
        {EXAMPLES.filter((name) => name !== at).map((name) => (
          <button key={name} type="button" className={classes.link} onClick={() => void loadExample(name)}>
            Example: {name}
          </button>
        ))}
      </div>
      {preview && <SplitFiles accept={accept} />}
      <ReadingLine />
      {fileError && (
        <p className={classes.error} role="alert">
          {labelled(fileError.message)}
        </p>
      )}
      <RefusedButtons />
      {known && (
        <div className={classes.dropButtons}>
          <span className={classes.caption}>
            These are the columns of {known.label}. {known.summary}
          </span>
          <button type="button" className={classes.link} onClick={takeKnown}>
            Use the paper's settings
          </button>
        </div>
      )}
      {preview?.notes.map((note) => (
        <span key={note.text} className={classes.caption}>
          {labelled(note.text)}
        </span>
      ))}
    </section>
  );
}
