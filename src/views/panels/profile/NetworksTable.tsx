// A row per network: its whole step. The kernels of the chosen one are below.
import type { Role } from '../../../engine/core/roles.ts';
import type { StepProfile } from '../../../engine/protocol/profile.ts';
import { formatCount } from '../../charts/format.ts';
import { Hint } from '../../charts/parts/Term.tsx';
import { formatBytes, formatSeconds } from '../models/costs.ts';
import classes from './profile.module.css';
import { kernelMs, launchesOf } from './profiles.ts';

const time = (ms: number | null) => (ms === null ? '–' : formatSeconds(ms / 1000));
const bytes = (count: number | null) => (count === null ? '–' : formatBytes(count));

interface Column {
  label: string;
  help: string;
  text(profile: StepProfile): string;
}

const COLUMNS: readonly Column[] = [
  {
    label: 'One step',
    help: 'As in training, nothing timed within it',
    text: (p) => time(p.stepMs),
  },
  {
    label: 'On the GPU',
    help: 'Of the step as it is launched in training, median',
    text: (p) => time(p.gpuMs),
  },
  {
    label: 'In kernels',
    help: 'Sum over the kernels below, timed one by one',
    text: (p) => time(kernelMs(p)),
  },
  {
    label: 'JavaScript',
    help: 'Until all of the step is launched, median; in one thread what no kernel takes, see below',
    text: (p) => time(p.jsMs),
  },
  { label: 'Launches', help: 'Kernels per step', text: (p) => formatCount(launchesOf(p)) },
  {
    label: 'Steps are',
    help: 'Replayed: pipelines and bindings are those of the first step, and only the batch is new',
    text: (p) => (p.isReplayed ? 'replayed' : p.clock.kind === 'wall' ? '–' : 'launched anew'),
  },
  {
    label: 'Tensors',
    help: 'Parameters, optimizer and batch of the copy',
    text: (p) => bytes(p.memory.tensorBytes),
  },
  {
    label: 'Recorded steps',
    help: 'Shared with other networks of the run',
    text: (p) => (p.isReplayed ? bytes(p.memory.recordedBytes) : '–'),
  },
  { label: 'Peak', help: 'The most that a step holds', text: (p) => bytes(p.memory.peakBytes) },
  { label: 'GPU in all', help: 'Of every network and table', text: (p) => bytes(p.memory.gpuBytes) },
];

export function NetworksTable(props: {
  profiles: readonly StepProfile[];
  shown: StepProfile;
  labelOf(profile: StepProfile): string;
  onChoose(role: Role): void;
}) {
  const { profiles, shown, labelOf, onChoose } = props;
  // A column without values is left out.
  const columns = COLUMNS.filter(({ text }) => profiles.some((p) => text(p) !== '–'));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={classes.scroll} tabIndex={0} aria-label="Step of each network, table">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Network</th>
            {columns.map(({ label, help }) => (
              <th key={label} scope="col">
                <Hint text={`${help}.`}>{label}</Hint>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {profiles.map((profile) => (
            <tr key={profile.role} data-chosen={profile === shown}>
              <th scope="row">
                <label className={classes.name}>
                  <input
                    type="radio"
                    name="profiled network"
                    checked={profile === shown}
                    onChange={() => onChoose(profile.role)}
                  />
                  {labelOf(profile)}
                </label>
              </th>
              {columns.map(({ label, text }) => (
                <td key={label}>{text(profile)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
