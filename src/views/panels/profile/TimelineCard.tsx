// The launches of one step over time, a lane for each part. The table of kernels is its text alternative.
import { useState } from 'react';
import type { LaunchTime, StepProfile } from '../../../engine/protocol/profile.ts';
import { formatTick } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { ChartTooltip } from '../../charts/parts/ChartTooltip.tsx';
import { useWidth } from '../../charts/parts/useWidth.ts';
import { linearTicks } from '../../charts/scale.ts';
import classes from './profile.module.css';
import { launchesOf, PHASES, timelineCsv, timeUnit } from './profiles.ts';

const LANE = 26;
const BAR = 20;
const LABEL = 64;
const AXIS = 22;
/** Space between neighbours, so that they stay distinguishable; and the minimum width of a launch. */
const GAP = 0.75;
const MIN_WIDTH = 1;
/** Distance between a launch and its tooltip. */
const GAP_ABOVE = 4;
/** Pixels around a launch that still count as hovering it. */
const REACH = 4;

interface Timed extends LaunchTime {
  startMs: number;
  ms: number;
}

const isTimed = (launch: LaunchTime): launch is Timed => launch.startMs !== null && launch.ms !== null;

/** A call may launch further kernels, which the table of kernels counts too. */
const contentText = (calls: number, launches: number, label: string): string =>
  calls === launches
    ? `${launches} launches of ${label}, in the order they run`
    : `${calls} calls of ${label} in the order they run, with the ${launches} launches of the table within them`;

export function TimelineCard({ profile, label }: { profile: StepProfile; label: string }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [hovered, setHovered] = useState<number | null>(null);
  const launches = profile.timeline.filter(isTimed);
  if (launches.length === 0) return null;
  const lanes = PHASES.filter((phase) => launches.some((l) => l.phase === phase));
  const end = Math.max(...launches.map((l) => l.startMs + l.ms));
  const unit = timeUnit(end);
  const scale = unit.label === 'µs' ? 1000 : 1;
  const room = Math.max(0, width - LABEL);
  const x = (ms: number) => LABEL + (room * ms) / end;
  const height = lanes.length * LANE + AXIS;
  const { ticks, step } = linearTicks(0, scale * end, Math.max(2, Math.floor(room / 90)));
  const inside = ticks.filter((tick) => tick <= scale * end);
  const find = (px: number, py: number) => {
    const phase = lanes[Math.floor(py / LANE)];
    let best: number | null = null;
    let distance = REACH;
    launches.forEach((launch, i) => {
      if (launch.phase !== phase) return;
      const away = Math.max(x(launch.startMs) - px, px - x(launch.startMs + launch.ms), 0);
      if (away < distance) [best, distance] = [i, away];
    });
    setHovered(best);
  };
  const shown = hovered === null ? undefined : launches[hovered];
  return (
    <Card
      figure="timeline"
      title="One step"
      subtitle={contentText(launches.length, Math.round(launchesOf(profile)), label)}
      files={{ what: 'One step', fileName: `step-${profile.role}`, csv: () => timelineCsv(profile) }}
    >
      <div ref={ref} className={classes.timeline}>
        {width > 0 && (
          <svg
            width={width}
            height={height}
            role="img"
            aria-label={`Timeline of a step of ${label}: ${launches.length} launches in ${unit.format(end)} ${unit.label}. The table of kernels has the numbers.`}
            onPointerMove={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              find(event.clientX - box.left, event.clientY - box.top);
            }}
            onPointerLeave={() => setHovered(null)}
          >
            {inside.map((tick) => (
              <g key={tick} className={classes.tick}>
                <line x1={x(tick / scale)} x2={x(tick / scale)} y1={0} y2={height - AXIS} />
                <text
                  x={x(tick / scale)}
                  y={height - 6}
                  textAnchor={tick === 0 ? 'start' : x(tick / scale) > width - 24 ? 'end' : 'middle'}
                >
                  {formatTick(tick, step)}
                  {tick === inside.at(-1) ? ` ${unit.label}` : ''}
                </text>
              </g>
            ))}
            {lanes.map((phase, i) => (
              <text key={phase} x={0} y={i * LANE + BAR / 2 + 4} className={classes.lane}>
                {phase}
              </text>
            ))}
            {launches.map((launch, i) => (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: launches are told apart by their order only
                key={i}
                data-phase={launch.phase}
                data-faded={shown !== undefined && launch.kernel !== shown.kernel}
                x={x(launch.startMs)}
                y={lanes.indexOf(launch.phase) * LANE}
                width={Math.max(MIN_WIDTH, x(launch.ms) - LABEL - GAP)}
                height={BAR}
                rx={Math.min(2, (x(launch.ms) - LABEL) / 4)}
              />
            ))}
          </svg>
        )}
        {shown && (
          <div
            className={classes.tip}
            style={{
              left: Math.min(Math.max(0, x(shown.startMs)), Math.max(0, width - 220)),
              bottom: height - lanes.indexOf(shown.phase) * LANE + GAP_ABOVE,
            }}
          >
            <ChartTooltip
              title={shown.kernel}
              pairs={[
                {
                  label: 'launch',
                  value: `${profile.timeline.indexOf(shown) + 1} of ${profile.timeline.length}`,
                },
                {
                  label: 'time',
                  value: `${timeUnit(shown.ms).format(shown.ms)} ${timeUnit(shown.ms).label}`,
                },
                { label: 'begins', value: `${unit.format(shown.startMs)} ${unit.label}` },
                { label: 'output', value: `[${shown.shape.join(', ')}]` },
              ]}
            />
          </div>
        )}
      </div>
    </Card>
  );
}
