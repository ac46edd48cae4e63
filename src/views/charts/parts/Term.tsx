// A word of a label that has a definition in the glossary: on hover, focus and press. The glossary is loaded then, not before.
import { Tooltip } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import classes from './parts.module.css';

/** @param id - of the glossary; words of the registries (metrics) have terms under their ids, which a test checks */
export function Term({ id, children }: { id: string; children: string }) {
  const [text, setText] = useState<string | null>(null);
  const load = async () => {
    const { glossary, isTerm } = await import('../../lessons/glossary.ts');
    if (isTerm(id)) setText(`${glossary[id].name}: ${glossary[id].text}`);
  };
  return (
    <Tooltip
      label={text ?? `${children} …`}
      multiline
      maw={320}
      withinPortal
      events={{ hover: true, focus: true, touch: true }}
    >
      <button
        type="button"
        className={classes.term}
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
      >
        {children}
      </button>
    </Tooltip>
  );
}

/** A text about a control that has the focus for itself, such as a head that sorts: on hover and focus. */
export function About({ text, children }: { text: string; children: ReactElement }) {
  return (
    <Tooltip
      label={text}
      multiline
      maw={320}
      withinPortal
      events={{ hover: true, focus: true, touch: false }}
    >
      {children}
    </Tooltip>
  );
}

/** A word that is explained where it stands, and not in the glossary: on hover, focus and press. */
export function Hint({ text, children }: { text: string; children: string }) {
  return (
    <Tooltip label={text} multiline maw={320} withinPortal events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={classes.term}>
        {children}
      </button>
    </Tooltip>
  );
}
