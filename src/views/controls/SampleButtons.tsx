// Offers a part of the rows of a table that was refused as too large: the first, some at random, or some at random with the values
// of a column in proportion.
import { useState } from 'react';
import { useStore } from '../../store/store.ts';
import classes from './controls.module.css';

export function SampleButtons() {
  const isOffered = useStore((s) => s.refusedFile !== null && s.fileError?.message.includes('data.sample'));
  const sampleRefused = useStore((s) => s.sampleRefused);
  const [by, setBy] = useState('');
  if (!isOffered) return null;
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
