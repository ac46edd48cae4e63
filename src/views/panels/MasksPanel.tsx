// The Masks tab: paint a mask, try it on the trained model, test what it blocks, and see whether rows change each other.
import type { ReactNode } from 'react';
import { useView } from '../../store/hooks.ts';
import type { MaskView } from '../../store/view.ts';
import { Segmented } from '../charts/parts/Segmented.tsx';
import { OfRun } from '../shell/OfRun.tsx';
import { MaskPanel } from './MaskPanel.tsx';
import { MaskTestsPanel } from './MaskTestsPanel.tsx';
import classes from './mask/mask.module.css';

const VIEWS: readonly { value: MaskView; label: string; title: string }[] = [
  {
    value: 'paint',
    label: 'Paint',
    title: 'What the tokens of a row may read, of the experiment on the left',
  },
  { value: 'what-if', label: 'What if', title: 'The trained model under the painted mask, without training' },
  {
    value: 'tests',
    label: 'Tests',
    title: 'Whether the mask does what it says, measured on the trained model',
  },
  { value: 'rows', label: 'Rows', title: 'Whether the rows of a batch change each other’s predictions' },
];

const PARTS: Record<MaskView, () => ReactNode> = {
  paint: () => <MaskPanel part="paint" />,
  'what-if': () => <MaskPanel part="what-if" />,
  tests: () => (
    <OfRun>
      <MaskTestsPanel part="tests" />
    </OfRun>
  ),
  rows: () => (
    <OfRun>
      <MaskTestsPanel part="rows" />
    </OfRun>
  ),
};

export function MasksPanel() {
  const [{ masks }, setView] = useView();
  return (
    <div className={classes.panel}>
      <Segmented
        label="View of the masks"
        value={masks}
        options={VIEWS}
        onChange={(chosen) => setView({ masks: chosen })}
      />
      {PARTS[masks]()}
    </div>
  );
}
