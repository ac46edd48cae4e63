// A paragraph of a lesson: technical terms are buttons that open their definition, on hover, focus and press.
import { Tooltip } from '@mantine/core';
import { glossary, type TermId } from './glossary.ts';
import classes from './lessons.module.css';
import { piecesOf } from './markup.ts';

export function TermButton({ id, children }: { id: TermId; children: string }) {
  const { name, text } = glossary[id];
  return (
    <Tooltip
      label={`${name}: ${text}`}
      multiline
      maw={320}
      withinPortal
      events={{ hover: true, focus: true, touch: true }}
    >
      <button type="button" className={classes.term}>
        {children}
      </button>
    </Tooltip>
  );
}

export function RichText({ text }: { text: string }) {
  return (
    <p className={classes.paragraph}>
      {piecesOf(text).map((piece, i) =>
        piece.kind === 'term' ? (
          // The order of the pieces never changes.
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <TermButton key={i} id={piece.id}>
            {piece.text}
          </TermButton>
        ) : (
          piece.text
        ),
      )}
    </p>
  );
}
