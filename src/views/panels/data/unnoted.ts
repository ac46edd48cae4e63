// Lines that are no rows, for which no note says so in words.
import type { DataDescription } from '../../../engine/protocol/dataDescription.ts';

type Table = DataDescription['table'];

/** Reasons whose note has another name than theirs. */
const NOTES: Readonly<Record<string, string>> = {
  'broken-rows': 'bad-lines-left-out',
  'lines-with-more-cells': 'bad-lines-left-out',
};

interface Lines {
  dropped: readonly Table['dropped'][number][];
  notes: readonly Pick<Table['notes'][number], 'code'>[];
}

export const unnoted = ({ dropped, notes }: Lines): Table['dropped'] =>
  dropped.filter(({ reason }) => {
    const code = NOTES[reason] ?? `${reason}-left-out`;
    return !notes.some((note) => note.code === code);
  });
