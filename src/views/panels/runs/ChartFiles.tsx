// Buttons that save the chart of a card as SVG or PNG.
import { type RefObject, useState } from 'react';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { saveChart } from './chartFile.ts';
import classes from './runs.module.css';

/** @param chart - an element around the SVG */
export function ChartFiles({ chart, name }: { chart: RefObject<HTMLElement | null>; name: string }) {
  const [problem, setProblem] = useState<string | null>(null);
  const save = async (kind: 'svg' | 'png') => {
    const svg = chart.current?.querySelector<SVGSVGElement>('svg');
    if (!svg) return;
    try {
      await saveChart(svg, name, kind);
      setProblem(null);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <>
      {(['svg', 'png'] as const).map((kind) => (
        <SmallButton key={kind} onClick={() => void save(kind)} label={`${name} as ${kind.toUpperCase()}`}>
          {kind.toUpperCase()}
        </SmallButton>
      ))}
      {problem && (
        <span role="alert" className={classes.problem}>
          {problem}
        </span>
      )}
    </>
  );
}
