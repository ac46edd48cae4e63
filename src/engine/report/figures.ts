// The figures of a sweep's report: its axes, and the models of its runs as one more axis, laid out as lines and heatmaps.
import type { Catalog } from '../config/catalog.ts';
import { aggregate, type CellFigure, type CellResult } from '../sweeps/aggregate.ts';
import { axisLabel, type Cell } from '../sweeps/expand.ts';
import { type QuantityEntry, quantitiesIn } from '../sweeps/quantity.ts';
import { isRange, type Sweep } from '../sweeps/sweep.ts';
import { heatmap } from './heatmap.ts';
import { html, type Markup } from './html.ts';
import { type LinePanel, type LinePoint, lineFigure } from './lineFigure.ts';

export interface SweepData {
  sweep: Sweep;
  cells: readonly Cell[];
  results: readonly CellResult[];
  catalog: Catalog;
}

/** One measure of one network, for every cell. */
export interface Column {
  /** Name of the network. */
  label: string;
  entry: QuantityEntry;
  figures: CellFigure[];
}

/** The same measure for every network that has it. */
export interface Measure {
  title: string;
  caption: string;
  isSigned: boolean;
  unit: string;
  columns: Column[];
}

const MEASURES = [
  {
    kind: 'gain',
    title: 'Gain over the single-task baseline',
    caption:
      'Mean over tasks of the gain on the test split, in percent of the baseline of the same seed; positive is better.',
  },
  {
    kind: 'sharing',
    title: 'Sharing: the part of the gain that tasks give each other',
    caption:
      'The model against the same network trained on each task alone (its twin), in percent; positive is better.',
  },
  {
    kind: 'architecture',
    title: 'Architecture: the part of the gain that has nothing to do with sharing',
    caption: 'The twin against the baseline, in percent; positive is better.',
  },
  {
    kind: 'metric',
    title: 'Primary metric',
    caption:
      'Mean over tasks on the test split: AUROC of classes, explained variance of numbers; higher is better.',
  },
] as const;

/** What was measured of the networks, the most telling first. */
export function measuresOf({ sweep, cells, results }: SweepData): Measure[] {
  const entries = quantitiesIn(
    results.map(({ result }) => result),
    false,
  );
  return MEASURES.flatMap(({ kind, title, caption }) => {
    const own = entries.filter(({ quantity: q }) => q.kind === kind && q.metric === null);
    if (own.length === 0) return [];
    const columns = own.map((entry) => ({
      label: entry.label.slice(0, entry.label.lastIndexOf(': ')),
      entry,
      figures: aggregate(sweep, cells, results, entry.quantity),
    }));
    return [{ title, caption, isSigned: own[0]?.isSigned ?? false, unit: own[0]?.unit ?? '', columns }];
  });
}

/** An axis of the sweep, or its networks as one more. */
interface Dimension {
  label: string;
  /** The labels along it, in order. */
  places: string[];
  /** The places as numbers; null if one of them is none. */
  numbers: number[] | null;
  isLog: boolean;
}

/** Series, rows or columns that can be told apart. */
const MOST_SERIES = 16;
const MOST_PANELS = 24;

const unique = (texts: readonly string[]) => [...new Set(texts)];

function dimensionsOf({ sweep, cells, catalog }: SweepData, columns: readonly Column[]): Dimension[] {
  const axes = sweep.axes.map((axis, i): Dimension => {
    const places = unique(cells.map((cell) => cell.labels[i] ?? ''));
    const numbers = places.map((place) => (place.trim() === '' ? Number.NaN : Number(place)));
    const isNumeric = 'key' in axis && numbers.every(Number.isFinite);
    // Randomly drawn cells may come in any order.
    if (isNumeric) places.sort((a, b) => Number(a) - Number(b));
    return {
      label: axisLabel(sweep, axis, catalog),
      places,
      numbers: isNumeric ? places.map(Number) : null,
      isLog: isRange(axis) && axis.scale === 'log',
    };
  });
  const networks = { label: 'Model', places: columns.map((c) => c.label), numbers: null, isLog: false };
  return [...axes, networks];
}

/** Key of these places; those of an omitted dimension do not matter. */
const key = (places: readonly string[]) => JSON.stringify(places);

/**
 * Figures of one measure: lines if an axis is numeric or the only one, and a heatmap over the first two axes.
 * @param all - every measure of the report: a network has the same colour in all of them
 */
export function figuresOf(data: SweepData, measure: Measure, all: readonly Measure[]): Markup[] {
  const networks = unique(all.flatMap(({ columns }) => columns.map(({ label }) => label)));
  const dimensions = dimensionsOf(data, measure.columns);
  const values = new Map<string, CellFigure>();
  for (const { label, figures } of measure.columns)
    data.cells.forEach((cell, i) => {
      values.set(key([...cell.labels, label]), figures[i] as CellFigure);
    });
  const lines = linesOf(dimensions, values, measure, networks);
  const heat = heatOf(dimensions, values, measure);
  return [
    lines &&
      figure(
        measure,
        lines,
        'Each point is a mean over seeds, its line the 95 % interval of the mean, and the small points are the seeds.',
      ),
    heat && figure(measure, heat, 'Means over seeds.'),
  ].filter((own) => own !== null);
}

const figure = ({ title, caption }: Measure, picture: Markup, how: string) =>
  html`<figure><figcaption><strong>${title}.</strong> ${caption} ${how}</figcaption>${picture}</figure>`;

/** Assigns dimensions to the parts of a figure. */
function layOut(
  dimensions: readonly Dimension[],
  fixed: readonly number[],
): { series: number; panels: number[] } {
  const rest = dimensions.map((_, i) => i).filter((i) => !fixed.includes(i));
  const networks = dimensions.length - 1;
  const isMany = (i: number) => (dimensions[i]?.places.length ?? 0) > 1;
  const series = rest.includes(networks) && isMany(networks) ? networks : (rest.find(isMany) ?? networks);
  return { series, panels: rest.filter((i) => i !== series) };
}

/** Every combination of places of the given dimensions. */
const combinations = (dimensions: readonly Dimension[], which: readonly number[]): Map<number, string>[] =>
  which.reduce<Map<number, string>[]>(
    (all, i) =>
      all.flatMap((own) => (dimensions[i]?.places ?? []).map((place) => new Map([...own, [i, place]]))),
    [new Map()],
  );

const titleOf = (dimensions: readonly Dimension[], at: ReadonlyMap<number, string>): string =>
  [...at]
    .flatMap(([i, place]) =>
      (dimensions[i]?.places.length ?? 0) > 1 ? `${dimensions[i]?.label} ${place}` : [],
    )
    .join(', ');

function linesOf(
  dimensions: readonly Dimension[],
  values: ReadonlyMap<string, CellFigure>,
  measure: Measure,
  networks: readonly string[],
): Markup | null {
  const axes = dimensions.slice(0, -1);
  const sizes = axes.map((d) => (d.numbers ? d.places.length : 0));
  const x =
    Math.max(...sizes) > 1 ? sizes.indexOf(Math.max(...sizes)) : axes.findIndex((d) => d.places.length > 1);
  const along = dimensions[x];
  if (!along) return null;
  const { series, panels } = layOut(dimensions, [x]);
  const at = combinations(dimensions, panels);
  if (at.length > MOST_PANELS || (dimensions[series]?.places.length ?? 0) > MOST_SERIES) return null;
  const pointsAt = (places: ReadonlyMap<number, string>): LinePoint[] =>
    along.places.flatMap((place, i) => {
      const own = values.get(key(dimensions.map((_, d) => (d === x ? place : (places.get(d) ?? '')))));
      if (!own || own.n === 0) return [];
      const { mean, low, high, perSeed } = own;
      return [{ x: along.numbers?.[i] ?? i, label: place, mean, low, high, perSeed }];
    });
  return lineFigure({
    xLabel: along.label,
    yLabel: measure.title,
    isNumeric: along.numbers !== null,
    isLog: along.isLog,
    panels: at.map(
      (places): LinePanel => ({
        title: titleOf(dimensions, places),
        series: (dimensions[series]?.places ?? []).map((label, i) => ({
          label: series === dimensions.length - 1 ? label : `${dimensions[series]?.label} ${label}`,
          style: series === dimensions.length - 1 ? networks.indexOf(label) : i,
          points: pointsAt(new Map([...places, [series, label]])),
        })),
      }),
    ),
  });
}

function heatOf(
  dimensions: readonly Dimension[],
  values: ReadonlyMap<string, CellFigure>,
  measure: Measure,
): Markup | null {
  const [r, c] = dimensions.map((_, i) => i).filter((i) => (dimensions[i]?.places.length ?? 0) > 1);
  const [rows, columns] = [dimensions[r ?? -1], dimensions[c ?? -1]];
  if (!rows || !columns || rows.places.length > 40 || columns.places.length > MOST_SERIES) return null;
  const at = combinations(
    dimensions,
    dimensions.map((_, i) => i).filter((i) => i !== r && i !== c),
  );
  if (at.length > MOST_PANELS) return null;
  return heatmap({
    rowLabel: rows.label,
    columnLabel: columns.label,
    rows: rows.places,
    columns: columns.places,
    isSigned: measure.isSigned,
    unit: measure.unit,
    panels: at.map((places) => ({
      title: titleOf(dimensions, places),
      values: rows.places.map((row) =>
        columns.places.map((column) => {
          const here = dimensions.map((_, i) => (i === r ? row : i === c ? column : (places.get(i) ?? '')));
          return values.get(key(here))?.mean ?? Number.NaN;
        }),
      ),
    })),
  });
}
