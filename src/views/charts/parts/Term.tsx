// A word of a label that has a definition in the glossary: on hover, focus and press. The glossary is loaded then, not before.
import { Tooltip } from '@mantine/core';
import { useState } from 'react';
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
