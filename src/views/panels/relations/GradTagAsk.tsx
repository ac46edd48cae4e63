// Asks for an estimate of training in pairs, and says its price.
import type { ProbeHandle } from '../../../store/useProbe.ts';
import { formatCount, formatFixed } from '../../charts/format.ts';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { ProbeStatus } from '../ProbeStatus.tsx';
import classes from './relations.module.css';

export function GradTagAsk({ probe, onAsk }: { probe: ProbeHandle<'grad-tag'>; onAsk(): void }) {
  const { answer, isOpen } = probe;
  const report = answer?.report;
  return (
    <>
      <p className={classes.ahead}>
        <SmallButton
          disabled={isOpen}
          onClick={() => {
            probe.ask({});
            onAsk();
          }}
        >
          Estimate training in pairs
        </SmallButton>
        <span>
          fits every pair of tasks and every task alone around the network as it stands, where outputs are
          linear in 32 random directions of the shared parameters (Grad-TAG, Li et al. 2024), once, with 256
          training rows at most
        </span>
      </p>
      <ProbeStatus probe={probe} what="Estimating training in pairs" />
      {answer?.absence && <p className={classes.note}>Not estimated. {answer.absence}</p>}
      {report && (
        <p className={classes.note}>
          Estimated at step {formatCount(answer.step)}: {formatCount(report.forwardPasses)} forward passes,{' '}
          {formatFixed(report.ms / 1000, 1)} s; losses are of {formatCount(report.judgedRows)} validation
          rows.
        </p>
      )}
    </>
  );
}
