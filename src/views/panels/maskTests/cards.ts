// The cards of two views of the Masks tab, in order: tests of the masks, and rows of a batch. A new one is a file and a line here.
import type { ComponentType } from 'react';
import type { Role } from '../../../engine/core/roles.ts';
import type { MaskTestReport } from '../../../engine/protocol/masks.ts';
import type { MaskTestState } from '../../../store/answers.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { AssertionsCard } from './AssertionsCard.tsx';
import { BatchCompanyCard } from './BatchCompanyCard.tsx';
import { ReachCards } from './ReachCard.tsx';
import { RowPerturbationCard } from './RowPerturbationCard.tsx';

/** What a card of these views may read; it declares the part that it needs. */
export interface MaskTestCardProps {
  run: RunRecord;
  tests: MaskTestState;
  report: MaskTestReport;
  /** The network chosen on screen; null for the one in training. */
  role: Role | null;
  /** Why its networks cannot be probed; null if they can. */
  gone: string | null;
}

export const maskTestCards = {
  tests: {
    assertions: AssertionsCard,
    reach: ReachCards,
  },
  rows: {
    company: BatchCompanyCard,
    perturbation: RowPerturbationCard,
  },
} satisfies Record<string, Record<string, ComponentType<MaskTestCardProps>>>;
