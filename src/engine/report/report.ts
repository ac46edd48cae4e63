// A sweep as one self-contained HTML page: figures as SVG, tables, settings, environment, and how to run it again. A pure
// function, for the command line and the page; the page has no scripts, and its policy allows none.
import { encodeExperiment, MAX_LINK } from '../config/codec.ts';
import type { Estimate } from '../core/interval.ts';
import { distinctNotes, type Note } from '../core/notes.ts';
import { holm } from '../core/pairedTests.ts';
import { comparePaired, FEW_PAIRS, failedSeedOf } from '../sweeps/aggregate.ts';
import { axisLabel, type Cell } from '../sweeps/expand.ts';
import { quantity } from '../sweeps/quantity.ts';
import type { RunTimes } from '../sweeps/record.ts';
import { notableSettings } from '../sweeps/settings.ts';
import { tablesNote } from '../sweeps/sweep.ts';
import { figuresOf, type Measure, measuresOf, type SweepData } from './figures.ts';
import { html, type Markup } from './html.ts';
import { numberText, signedText } from './scale.ts';
import { STYLE } from './style.ts';

export interface ReportInput extends SweepData {
  times: readonly RunTimes[];
  /** Address of a workbench that opens experiments, or null for no links. */
  workbench: string | null;
  /** The runs are not a sweep: a "cell" has several settings, so there is no sweep to run again. */
  isLoose?: boolean;
}

/** Nothing is loaded or executed, whatever the data contain. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function sweepReport(input: ReportInput): string {
  const { sweep } = input;
  const measures = measuresOf(input);
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${sweep.label}</title><style>`;
  const body = html`</style></head><body><main>
<h1>${sweep.label}</h1>
${overview(input)}
${measures.flatMap((measure) => figuresOf(input, measure, measures))}
${measures.map((measure) => table(input, measure))}
${comparison(input, measures)}
${failures(input)}
${settings(input)}
${environment(input)}
${again(input)}
</main></body></html>
`;
  return page.text + STYLE + body.text;
}

function overview({ sweep, cells, results, catalog, isLoose = false }: ReportInput): Markup {
  const runs = cells.length * sweep.seeds.length;
  const seedsOf = (own: typeof results) => own.reduce((sum, { result }) => sum + result.seeds.length, 0);
  const finished = seedsOf(results);
  const missing = runs - finished - results.filter(({ result }) => result.status === 'failed').length;
  const axes = sweep.axes.map((axis, i) => {
    const places = [...new Set(cells.map((cell) => cell.labels[i]))];
    return `${axisLabel(sweep, axis, catalog)} (${places.length > 12 ? `${places.length} values` : places.join('; ')})`;
  });
  const few = sweep.seeds.length < FEW_PAIRS;
  return html`<p>${finished} of ${runs} runs: ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, ${sweep.seeds.length} ${sweep.seeds.length === 1 ? 'seed' : 'seeds'} each (${sweep.seeds.join(', ')}).${missing > 0 ? ` ${missing} are missing.` : ''} ${axes.length > 0 ? `Over ${axes.join(', ')}.` : ''}</p>
${isLoose ? null : html`<p>${tablesNote(sweep.tables === 'per-seed')}</p>`}
${few ? html`<p>With fewer than ${FEW_PAIRS} seeds an interval is wide, and a difference that is not seen here may be there all the same.</p>` : null}`;
}

const estimateText = ({ mean, low, high }: Estimate, isSigned: boolean): string => {
  const text = isSigned ? signedText : (value: number) => numberText(value, 4);
  return Number.isNaN(low) ? text(mean) : `${text(mean)} [${text(low)}, ${text(high)}]`;
};

const axisHeads = ({ sweep, catalog }: ReportInput) =>
  sweep.axes.map((axis) => html`<th scope="col">${axisLabel(sweep, axis, catalog)}</th>`);
const axisCells = (cell: Cell) => cell.labels.map((label) => html`<td>${label}</td>`);

/** Mean, interval, spread and number of seeds of every cell. */
function table(input: ReportInput, { title, isSigned, unit, columns }: Measure): Markup {
  return html`<section><h2>${title}${unit ? ` (${unit})` : ''}</h2>
<p>Mean over seeds, 95 % interval of the mean (Student's t), sd = standard deviation over seeds, n = seeds.</p>
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${axisHeads(input)}${columns.map(({ label }) => html`<th scope="col" class="n">${label}</th>`)}</tr></thead><tbody>
${input.cells.map(
  (cell, i) =>
    html`<tr>${axisCells(cell)}${columns.map(({ figures }) => {
      const own = figures[i];
      if (!own || own.n === 0) return html`<td class="n">${own?.failure ? 'failed' : '–'}</td>`;
      const sd = Number.isNaN(own.sd) ? '' : `, sd ${numberText(own.sd)}`;
      return html`<td class="n">${estimateText(own, isSigned)}<br>${`n ${own.n}${sd}`}</td>`;
    })}</tr>`,
)}
</tbody></table></div></section>`;
}

/** Which network gains most in each cell, and whether it differs significantly from every other one. */
function comparison(input: ReportInput, measures: readonly Measure[]): Markup | null {
  const gains = measures.find((measure) => measure.columns[0]?.entry.quantity.kind === 'gain')?.columns ?? [];
  if (gains.length < 2) return null;
  const rows = input.cells.flatMap((cell, i) => {
    const order = gains
      .filter(({ figures }) => (figures[i]?.n ?? 0) > 0)
      .sort((a, b) => (b.figures[i]?.mean ?? 0) - (a.figures[i]?.mean ?? 0));
    const [best, ...others] = order;
    if (!best || others.length === 0) return [];
    const at = (role: Measure['columns'][number]) => ({
      cell: cell.id,
      quantity: quantity('gain', { role: role.entry.quantity.role }),
    });
    const pairs = others.map((other) => comparePaired(input.results, at(best), at(other)));
    const adjusted = holm(pairs.map((pair) => pair.pStudent));
    const apart = others.filter((_, o) => (adjusted[o] ?? 1) < 0.05).length;
    const [second] = pairs;
    return [
      html`<tr>${axisCells(cell)}<td>${best.label}</td><td>${others[0]?.label ?? ''}</td><td class="n">${second ? signedText(second.difference) : '–'}</td><td class="n">${second ? numberText(second.pStudent, 2) : '–'}</td><td class="n">${apart} of ${others.length}</td></tr>`,
    ];
  });
  return html`<section><h2>Which model gains most</h2>
<p>The model with the highest mean gain of each cell, the next one, their difference in percentage points on the same seeds with p of the paired t-test, and from how many of the others the best is told apart (p below 0.05 after Holm's correction for that many tests).${input.sweep.seeds.length < FEW_PAIRS ? ' With so few seeds only large differences can be told apart.' : ''}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Which model gains most"><table><thead><tr>${axisHeads(input)}<th scope="col">Highest mean</th><th scope="col">Next</th><th scope="col" class="n">Difference</th><th scope="col" class="n">p</th><th scope="col" class="n">Told apart from</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function failures({ results, cells }: ReportInput): Markup | null {
  const labels = new Map(cells.map((cell) => [cell.id, cell.labels.join(', ')]));
  const failed = results.filter(({ result }) => result.status === 'failed');
  if (failed.length === 0) return null;
  return html`<section><h2>Runs that failed</h2><ul>${failed.map(({ cell, result }) => html`<li>${[labels.get(cell) ?? cell, `seed ${failedSeedOf(result)}`].filter(Boolean).join(', ')}: ${result.error?.message ?? 'no reason given'}</li>`)}</ul></section>`;
}

function settings({ sweep, results, catalog }: ReportInput): Markup {
  const { base } = sweep;
  const notes = distinctNotes(results.flatMap(({ result }) => result.notes));
  const label = (id: string | undefined) => catalog.models.find((m) => m.id === id)?.label ?? id ?? 'none';
  return html`<section><h2>Settings</h2><dl>
<dt>Source</dt><dd>${catalog.sources.find((s) => s.id === base.data.id)?.label ?? base.data.id}</dd>
<dt>Model</dt><dd>${label(base.model.id)}</dd>
<dt>Compared with</dt><dd>${base.compare.map(({ id }) => label(id)).join(', ') || 'none'}</dd>
<dt>Baseline</dt><dd>${label(base.baseline?.id)}</dd>
${notableSettings(base, catalog).map(({ key, label: name, text }) => html`<dt>${name} <small>(${key})</small></dt><dd>${text}</dd>`)}
</dl><p>Settings that stand at their defaults are left out; axes take the place of what stands here.</p>
${notes.length > 0 ? html`<h3>What the runs said</h3><ul>${firstOfEach(notes)}</ul>` : null}</section>`;
}

/** One note of each kind; others of the kind differ only in their numbers. */
function firstOfEach(notes: readonly Note[]): Markup[] {
  const kinds = new Map<string, Note[]>();
  for (const note of notes) kinds.set(note.code, [...(kinds.get(note.code) ?? []), note]);
  return [...kinds.values()].map(([first, ...others]) => {
    const more = others.length > 0 ? ` (The first of ${others.length + 1} such notes.)` : '';
    return html`<li>${first?.text ?? ''}${more}</li>`;
  });
}

function environment({ times, results }: ReportInput): Markup {
  const unique = (texts: readonly string[]) =>
    [...new Set(texts.filter((text) => text !== ''))].join('; ') || 'not recorded';
  const seconds = times.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 1000;
  // A file of times is checked only for what it must have.
  const known = (key: 'machine' | 'startedAt') =>
    times.flatMap((own) => (typeof own[key] === 'string' && own[key] !== '' ? [own[key]] : []));
  const starts = [...new Set(known('startedAt'))].sort();
  const begun = starts.length > 1 ? `${starts[0]} to ${starts.at(-1)}` : (starts[0] ?? 'not recorded');
  return html`<section><h2>What it ran on</h2><dl>
<dt>Backend</dt><dd>${unique(results.map(({ result: { backend } }) => `${backend.active} (${backend.adapter})`))}</dd>
<dt>Machine</dt><dd>${unique(known('machine'))}</dd>
<dt>Time</dt><dd>${times.length === 0 ? 'not recorded' : `${seconds < 60 ? `${numberText(seconds)} seconds` : `${numberText(seconds / 60)} minutes`} in all runs together, one after another`}</dd>
<dt>Begun</dt><dd>${begun}</dd>
</dl></section>`;
}

function again({ sweep, cells, catalog, workbench, isLoose = false }: ReportInput): Markup {
  const links = cells.flatMap((cell) => {
    const experiment = { ...cell.experiment, seed: sweep.seeds[0] ?? 0, repeats: sweep.seeds.length };
    const isRow = sweep.seeds.every((seed, i) => seed === experiment.seed + i);
    const query = encodeExperiment(isRow ? experiment : { ...experiment, repeats: 1 }, catalog);
    if (query.length > MAX_LINK) return [];
    const text = cell.labels.join(', ') || 'The experiment';
    return [
      workbench === null
        ? html`<li>${text}: <code>?${query}</code></li>`
        : html`<li><a href="${`${workbench}?${query}`}">${text}</a></li>`,
    ];
  });
  return html`<section><h2>Run it again</h2>
${
  isLoose
    ? html`<p>These runs are no sweep. The same version and backend give the same numbers.</p>`
    : html`<p>Save this as sweep.json, then: multitab sweep sweep.json --out runs. The same version and backend give the same numbers.</p>
<details><summary>sweep.json</summary><pre>${JSON.stringify(sweep, null, 1)}</pre></details>`
}
<details><summary>Each cell in the workbench</summary><ul>${links}</ul></details></section>`;
}

/** Whether a report may link to the address. */
export const isWorkbenchAddress = (address: string): boolean => /^https?:\/\/[^\s"'<>?#]+$/.test(address);
