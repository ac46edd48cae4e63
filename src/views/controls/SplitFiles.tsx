// Files with the rows of the validation and the test split, beside the table that trains.
import { useRef } from 'react';
import { SPLIT_FILES, type SplitWithFile } from '../../engine/config/tableInput.ts';
import { useStore } from '../../store/store.ts';
import classes from './controls.module.css';

const LABELS: Record<SplitWithFile, string> = { validation: 'Validation', test: 'Test' };

function SplitFileRow({ split, accept }: { split: SplitWithFile; accept: string }) {
  const key = SPLIT_FILES[split];
  const name = useStore((s) => s.experiment?.data.params[key]) || null;
  const isHere = useStore((s) => s.file?.splits?.[split]?.name === name);
  const choose = useStore((s) => s.chooseSplitFile);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={classes.dropButtons} data-path={`data.${key}`}>
      {name !== null && (
        <span className={classes.caption}>
          {LABELS[split]} rows: <bdi>{String(name)}</bdi>
          {isHere ? '' : ', which is not here yet'}
        </span>
      )}
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        aria-label={`Choose a ${split} file`}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) void choose(split, { name: file.name, blob: file });
          event.currentTarget.value = '';
        }}
      />
      {(name === null || !isHere) && (
        <button type="button" className={classes.link} onClick={() => input.current?.click()}>
          {name === null ? `${LABELS[split]} rows from a file` : `Choose ${name}`}
        </button>
      )}
      {name !== null && (
        <button type="button" className={classes.link} onClick={() => void choose(split, null)}>
          Without {split} file
        </button>
      )}
    </div>
  );
}

export function SplitFiles({ accept }: { accept: string }) {
  return (
    <>
      {(Object.keys(SPLIT_FILES) as SplitWithFile[]).map((split) => (
        <SplitFileRow key={split} split={split} accept={accept} />
      ))}
    </>
  );
}
