// Two views of the Masks tab: paint what the tokens of a row may not read, try it on the trained model, and train with it. The
// painted mask becomes that of the experiment on the left.
import { useRef } from 'react';
import { can, labelsWith } from '../../engine/config/capabilities.ts';
import { writeMaskText } from '../../engine/masks/places.ts';
import { useCatalog, usePlanning, useRun, useRuns } from '../../store/hooks.ts';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import { FigureNote } from '../charts/save/figures.ts';
import { currentMask, MaskEditor, type Masking } from './mask/MaskEditor.tsx';
import { MaskRunsCard } from './mask/MaskRunsCard.tsx';
import classes from './mask/mask.module.css';
import { WhatIfCard } from './mask/WhatIfCard.tsx';
import { useGone } from './useGone.ts';

export function MaskPanel({ part }: { part: 'paint' | 'what-if' }) {
  const planning = usePlanning();
  const run = useRun();
  const gone = useGone(run);
  const runs = useRuns();
  const catalog = useCatalog();
  const { experiment, masking, setMask, chooseMask } = planning;
  // Kept while the engine checks a change, so that the editor stays in place under the pointer.
  const latest = useRef<Masking | null>(null);
  if (masking) latest.current = masking;
  const shown = masking ?? latest.current;
  const model = experiment?.model;
  if (!model || !shown || !can(catalog?.models ?? [], model.id, 'masks')) {
    return (
      <Card title="Masks">
        <EmptyState title="This model has no mask" height={320}>
          Choose {labelsWith(catalog?.models ?? [], 'masks')} on the left: its tokens read each other through
          a mask that can be painted here.
        </EmptyState>
      </Card>
    );
  }
  const nameOf = (text: string) => shown.grids.find((g) => g.grid === text)?.label ?? 'painted';
  const [maskId, painted] = [String(model.params.mask), String(model.params.customMask)];
  if (part === 'what-if')
    return (
      <WhatIfCard
        run={run}
        catalog={catalog}
        mask={writeMaskText(currentMask(shown, maskId, painted))}
        fits={run?.experiment.model.id === model.id}
        nameOf={nameOf}
        gone={gone}
      />
    );
  return (
    <div className={classes.panel}>
      <FigureNote value="The mask of the current experiment, not of a run.">
        <MaskEditor
          key={shown.tokens.map((t) => t.name).join('\n')}
          masking={shown}
          mixesRows={model.params.attention === 'row_col'}
          maskId={maskId}
          painted={painted}
          setMask={setMask}
          chooseMask={chooseMask}
        />
      </FigureNote>
      <MaskRunsCard
        runs={runs}
        experiment={experiment}
        masking={shown}
        catalog={catalog}
        canTrain={!planning.isBusy}
        train={planning.train}
      />
    </div>
  );
}
