// A symmetric matrix with ones on the diagonal, edited in place; both halves change together.
import { Popover } from '@mantine/core';
import type { MatrixParam, ParamValue } from '../../engine/config/params.ts';
import { useStore } from '../../store/store.ts';
import classes from './controls.module.css';
import { TextBox } from './TextBox.tsx';
import { readNumber, writeNumber } from './values.ts';

interface MatrixControlProps {
  spec: MatrixParam;
  value: number[][];
  onChange(value: ParamValue): void;
}

/** The matrix for `count` tasks: what is there, the wanted cosine elsewhere. */
export function resized(value: readonly number[][], count: number, fallback: number): number[][] {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_, j) => (i === j ? 1 : (value[i]?.[j] ?? fallback))),
  );
}

export function MatrixControl({ spec, value, onChange }: MatrixControlProps) {
  const count = useStore((s) => Number(s.experiment?.tasks.count ?? value.length));
  const rho = useStore((s) => Number(s.experiment?.tasks.rho ?? 0));
  const matrix = resized(value, count, rho);
  const setCell = (i: number, j: number, entry: number) => {
    const next = matrix.map((row) => [...row]);
    (next[i] as number[])[j] = entry;
    (next[j] as number[])[i] = entry;
    onChange(next);
  };
  return (
    <Popover position="right-start" withArrow trapFocus shadow="md">
      <Popover.Target>
        <button type="button" className={classes.link}>
          {value.length === count ? `Edit ${count} × ${count}` : `Make ${count} × ${count}`}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.matrix} style={{ gridTemplateColumns: `repeat(${count}, 46px)` }}>
          {matrix.flatMap((row, i) =>
            row.map((entry, j) => (
              <TextBox
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its position
                key={`${i} ${j}`}
                label={`${spec.label}, task ${i + 1} and task ${j + 1}`}
                className=""
                disabled={i === j}
                value={writeNumber(entry)}
                onCommit={(text) => {
                  const number = readNumber(text);
                  if (number === null || number < spec.min || number > spec.max) return false;
                  setCell(i, j, number);
                  return true;
                }}
              />
            )),
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
