// Offers what reads a table that was refused: of one that is too large a part of the rows (the first, some at random, or some at
// random with the values of a column in proportion), of one with broken lines the others.
import { useState } from 'react';
import { useStore } from '../../store/store.ts';
import classes from './controls.module.css';

/** For the table that was refused last; nothing where no setting helps. */
export function RefusedButtons() {
  const message = useStore((s) => (s.refusedFile === null ? '' : (s.fileError?.message ?? '')));
  return (
    <>
      {message.includes('data.badLines') && <LeaveOutButton />}
      {message.includes('data.sample') && <SampleButtons />}
    </>
  );
}

function LeaveOutButton() {
  const leaveOutRefused = useStore((s) => s.leaveOutRefused);
  return (
    <div className={classes.dropButtons}>
      <button type="button" className={classes.link} onClick={() => void leaveOutRefused()}>
        Leave out such lines
      </button>
    </div>
  );
}

function SampleButtons() {
  const sampleRefused = useStore((s) => s.sampleRefused);
  const [by, setBy] = useState('');
  const name = by.trim();
  return (
    <div className={classes.dropButtons}>
      <button type="button" className={classes.link} onClick={() => void sampleRefused('first')}>
        Read its first rows
      </button>
      <button type="button" className={classes.link} onClick={() => void sampleRefused('random')}>
        Read rows at random
      </button>
      <form
        className={classes.dropButtons}
        onSubmit={(event) => {
          event.preventDefault();
          if (name !== '') void sampleRefused('stratified', name);
        }}
      >
        <label className={classes.caption}>
          In proportion of column{' '}
          <input
            className={classes.sampleBy}
            value={by}
            onChange={(event) => setBy(event.currentTarget.value)}
          />
        </label>
        <button type="submit" className={classes.link} disabled={name === ''}>
          Read rows in proportion
        </button>
      </form>
    </div>
  );
}
