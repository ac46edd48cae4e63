// A symmetric matrix with ones on the diagonal, edited in place; both halves change together.
import { Popover } from '@mantine/core';
import { useState } from 'react';
import type { MatrixParam, ParamValue } from '../../engine/config/params.ts';
import { clip } from '../../engine/core/errors.ts';
import { useStore } from '../../store/store.ts';
import classes from './controls.module.css';
import { TextBox } from './TextBox.tsx';
import { readNumber, resized, writeNumber } from './values.ts';

interface MatrixControlProps {
  spec: MatrixParam;
  value: number[][];
  onChange(value: ParamValue): void;
}

export function MatrixControl(props: MatrixControlProps) {
  const { value } = props;
  const count = useStore((s) => Number(s.experiment?.tasks.count ?? value.length));
  return (
    <Popover position="right-start" withArrow trapFocus shadow="md">
      <Popover.Target>
        <button type="button" className={classes.link}>
          {value.length === count ? 'Edit in place' : `Make ${count} × ${count}`}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <Cells {...props} count={count} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Cells({ spec, value, count, onChange }: MatrixControlProps & { count: number }) {
  const rho = useStore((s) => Number(s.experiment?.tasks.rho ?? 0));
  /** The cell whose text is invalid, and that text. */
  const [bad, setBad] = useState<{ cell: string; text: string } | null>(null);
  const matrix = resized(value, count, rho);
  const tasks = matrix.map((_, i) => `T${i + 1}`);
  const setCell = (i: number, j: number, text: string) => {
    const entry = readNumber(text);
    const fits = entry !== null && entry >= spec.min && entry <= spec.max;
    setBad(fits ? null : { cell: `${tasks[i]} ${tasks[j]}`, text });
    if (!fits) return;
    const next = matrix.map((row) => [...row]);
    (next[i] as number[])[j] = entry;
    (next[j] as number[])[i] = entry;
    onChange(next);
  };
  return (
    <div className={classes.matrixBox}>
      <div className={classes.matrix} style={{ gridTemplateColumns: `24px repeat(${count}, 46px)` }}>
        <span />
        {tasks.map((task) => (
          <span key={task}>{task}</span>
        ))}
        {tasks.flatMap((task, i) => [
          <span key={task}>{task}</span>,
          ...tasks.map((other, j) => (
            <TextBox
              key={`${task} ${other}`}
              label={`${spec.label}, task ${i + 1} and task ${j + 1}`}
              className=""
              disabled={i === j}
              invalid={bad?.cell === `${task} ${other}`}
              value={writeNumber(matrix[i]?.[j] ?? Number.NaN)}
              onCommit={(text) => setCell(i, j, text)}
            />
          )),
        ])}
      </div>
      <p className={bad ? classes.error : classes.caption} role={bad ? 'alert' : undefined}>
        {bad
          ? `${bad.cell}: expected a number from ${spec.min} to ${spec.max}, got "${clip(bad.text)}". Escape puts the last one back.`
          : 'Cosine between the weight vectors of two tasks. Both halves change together.'}
      </p>
    </div>
  );
}
