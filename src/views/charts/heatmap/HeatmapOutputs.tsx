// The buttons of a declared heatmap: table, CSV and NPY. SVG and PNG stand below each map.
import { CsvButton, LongCsvButton, NpyButton, TableToggle } from '../parts/SmallButton.tsx';
import { type HeatmapSpec, isLarge } from './mark.ts';
import { csvOf, linesOf, npyOf } from './outputs.ts';

export interface HeatmapOutputsProps {
  spec: HeatmapSpec;
  /** Left out where the card has no other view than its table. */
  table?: { shown: boolean; onChange(shown: boolean): void };
}

export function HeatmapOutputs({ spec, table }: HeatmapOutputsProps) {
  const { what, fileName, maps, csv, npy } = spec;
  const [first] = maps;
  return (
    <>
      {first && table && <TableToggle {...table} what={what} />}
      {first && !csv && isLarge(first) ? (
        <LongCsvButton
          fileName={`${fileName}.csv`}
          content={() => linesOf(first)}
          label={`${what} as CSV, a line per ${first.rows.id ?? 'row'}`}
        />
      ) : (
        (first || csv) && (
          <CsvButton
            fileName={csv?.fileName ?? `${fileName}.csv`}
            content={() => csvOf(spec)}
            label={csv?.label ?? `${what} as CSV`}
          />
        )
      )}
      {first && (
        <NpyButton
          fileName={npy?.fileName ?? `${fileName}.npy`}
          content={() => npyOf(spec)}
          label={npy?.label ?? `${what} as NPY`}
        />
      )}
    </>
  );
}
