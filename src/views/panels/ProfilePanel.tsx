// The Profile tab: the time of a training step by kernel. On request a copy of each network takes a few steps, with every
// launch timed; tables with bars, a timeline, and files for spreadsheets and trace viewers.
import { useState } from 'react';
import type { Role } from '../../engine/core/roles.ts';
import type { StepProfile } from '../../engine/protocol/profile.ts';
import { firstEngine } from '../../store/engines.ts';
import { useProfiledNetworks, useRun } from '../../store/hooks.ts';
import { useStore } from '../../store/store.ts';
import { type ProbeHandle, useProbe } from '../../store/useProbe.ts';
import { RunCards } from '../cards/RunCards.tsx';
import { formatCount } from '../charts/format.ts';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import { SmallButton } from '../charts/parts/SmallButton.tsx';
import type { CardFiles } from '../charts/save/cardFiles.ts';
import { networkLabel } from '../shell/runNames.ts';
import { KernelsCard } from './profile/KernelsCard.tsx';
import { NetworksTable } from './profile/NetworksTable.tsx';
import classes from './profile/profile.module.css';
import { evaluationText, profilesCsv, traceOf } from './profile/profiles.ts';
import { TimelineCard } from './profile/TimelineCard.tsx';

const filesOf = (profiles: readonly StepProfile[]): CardFiles => ({
  what: 'Profiles',
  fileName: 'profile',
  csv: () => profilesCsv(profiles),
  more: [
    {
      label: 'JSON',
      fileName: 'profile.json',
      type: 'application/json',
      content: () => `${JSON.stringify(profiles, null, 2)}\n`,
    },
    {
      label: 'Trace (Perfetto)',
      fileName: 'profile-trace.json',
      type: 'application/json',
      content: () => traceOf(profiles),
    },
  ],
});

function Bar({ probe, isBusy }: { probe: ProbeHandle<'profile'>; isBusy: boolean }) {
  const networks = useProfiledNetworks();
  const isReady = useStore((s) => firstEngine(s).status === 'ready');
  const { error } = probe;
  const [first] = networks;
  // Before the first measurement begins, the first network is named.
  const begun = probe.progress ?? { label: first?.label ?? '', done: 0, total: networks.length };
  const now = probe.isOpen ? begun : null;
  return (
    <div className={classes.bar}>
      {now ? (
        <>
          <span role="status">
            Taking steps with a copy of {now.label}, {now.done + 1} of {now.total}
          </span>
          <SmallButton onClick={probe.stop}>Stop</SmallButton>
        </>
      ) : (
        <>
          {isReady && networks.length > 0 && (
            <SmallButton onClick={() => probe.ask({ roles: networks.map((n) => n.role) })}>
              Profile a training step
            </SmallButton>
          )}
          <span>
            A copy of each network takes steps for a few seconds and is thrown away
            {isBusy ? '; the run waits meanwhile and goes on as if nothing had been' : ''}.
          </span>
        </>
      )}
      {error && (
        <span role="alert" className={classes.refused}>
          {error.message}
        </span>
      )}
    </div>
  );
}

const whenText = ({ at, batchSize }: StepProfile): string =>
  at
    ? `at step ${formatCount(at.step)} of seed ${at.seed}, batch of ${formatCount(batchSize)} rows`
    : `before training, batch of ${formatCount(batchSize)} rows`;

export function ProfilePanel() {
  const run = useRun();
  const [chosen, setChosen] = useState<Role | null>(null);
  const probe = useProbe('profile', null);
  const profiles = probe.answer?.networks ?? [];
  const shown = profiles.find((p) => p.role === chosen) ?? profiles[0];
  const parts = run?.seedStates.at(-1)?.parts ?? [];
  const labelOf = ({ role, label }: StepProfile) =>
    parts.some((p) => p.role === role) ? networkLabel(parts, role) : label;
  const evaluation = evaluationText(run?.seedStates.map((s) => s.result) ?? []);
  const isBusy = run !== null && (run.status === 'running' || run.status === 'paused');
  return (
    <div className={classes.panel}>
      <Card
        figure="profile"
        title="Where the time of a step goes"
        subtitle={shown && whenText(shown)}
        files={shown && filesOf(profiles)}
      >
        <Bar probe={probe} isBusy={isBusy} />
        {evaluation && <p className={classes.evaluation}>{evaluation}</p>}
        {shown ? (
          <NetworksTable profiles={profiles} shown={shown} labelOf={labelOf} onChoose={setChosen} />
        ) : (
          <EmptyState title={probe.isOpen ? 'Measuring' : 'No profile yet'} height={240}>
            Time, launches and bytes of every kernel, the parts of the step, JavaScript and memory, of each
            network trained by gradients.
          </EmptyState>
        )}
      </Card>
      {shown && <KernelsCard key={shown.role} profile={shown} label={labelOf(shown)} />}
      {shown && <TimelineCard profile={shown} label={labelOf(shown)} />}
      <RunCards place="profile" />
    </div>
  );
}
