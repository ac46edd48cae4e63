// Tables kept in the browser, so that a reload does not ask for the file again: where, how large, and a button that deletes.
import { useEffect, useState } from 'react';
import { PLACES, type Place } from '../../../store/storage/keptTable.ts';
import { useStore } from '../../../store/store.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { formatBytes } from '../models/costs.ts';
import classes from './data.module.css';

const WORDS: Record<Place, string> = {
  indexeddb: "the browser's database (IndexedDB)",
  opfs: 'files of this page (OPFS)',
};

export function KeptCard() {
  const file = useStore((s) => s.file);
  const kept = useStore((s) => s.keptTables);
  const note = useStore((s) => s.keptTablesNote);
  const list = useStore((s) => s.listKeptTables);
  const keep = useStore((s) => s.keepTable);
  const remove = useStore((s) => s.deleteKeptTable);
  const [place, setPlace] = useState<Place>('indexeddb');
  const [isKeeping, setKeeping] = useState(false);
  useEffect(() => void list(), [list]);
  const isKept = kept.some(({ id }) => id === file?.id);
  return (
    <Card
      title="Kept in this browser"
      subtitle="a reload goes on with these tables; nothing leaves the machine"
    >
      {file && !isKept && (
        <p className={classes.bulk}>
          <label>
            Keep <bdi>{file.name}</bdi> and its columns in{' '}
            <select
              className={classes.select}
              value={place}
              onChange={(event) => setPlace(event.currentTarget.value as Place)}
            >
              {PLACES.map((option) => (
                <option key={option} value={option}>
                  {WORDS[option]}
                </option>
              ))}
            </select>
          </label>{' '}
          <button
            type="button"
            className={classes.select}
            disabled={isKeeping}
            onClick={async () => {
              setKeeping(true);
              await keep(place);
              setKeeping(false);
            }}
          >
            {isKeeping ? 'Keeping' : 'Keep'}
          </button>
        </p>
      )}
      {note && (
        <p role="alert" className={classes.error}>
          {note}
        </p>
      )}
      {kept.length > 0 && (
        <ul className={classes.notes} aria-label="Kept tables">
          {kept.map(({ id, name, place: where, bytes, savedAt }) => (
            <li key={id}>
              <bdi>{name}</bdi>: {formatBytes(bytes)} in {WORDS[where]}, since {savedAt.slice(0, 10)}{' '}
              <button
                type="button"
                className={classes.select}
                aria-label={`Delete ${name}`}
                onClick={() => void remove(id)}
              >
                Delete
              </button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
