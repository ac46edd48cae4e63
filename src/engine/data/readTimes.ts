// Times of day and durations in text, such as 09:30, 9:30 pm or 1:02:03.5: a column of nothing else is read as minutes.
import { formatName } from '../config/names.ts';
import type { Column } from './columns.ts';
import { distinctNumbers } from './distinctNumbers.ts';
import { cellsThere, type Draft, isThere, Markers, noCells, plainCount, type ReadColumn } from './draft.ts';

const TIME = /^(\d{1,4}):([0-5]\d)(?::([0-5]\d)(?:[.,](\d+))?)?(?:\s*([AaPp])\.?[Mm]\.?)?$/;

/** Hours and minutes, with or without seconds, as minutes; null where the text is no time. */
export function minutesOf(text: string): number | null {
  const found = TIME.exec(text);
  if (!found) return null;
  const [, h = '', m, s = '0', fraction, half] = found;
  const hours = Number(h);
  if (half && (hours < 1 || hours > 12)) return null;
  const ofDay = half ? (hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : hours;
  return ofDay * 60 + Number(m) + (Number(s) + Number(`0.${fraction ?? 0}`)) / 60;
}

/** The column as minutes; null where a cell that is there is no time, or another type is asked for. */
export function asTimes(draft: Draft): ReadColumn | null {
  const { raw, asked, survey } = draft;
  if ((asked !== null && asked !== 'numeric') || survey.present === 0 || survey.plain > 0) return null;
  // Most columns need no further look.
  for (const text of cellsThere(draft)) {
    if (minutesOf(text) === null) return null;
    break;
  }
  const { coded } = draft;
  const minutes = new Float64Array(coded.texts.length).fill(Number.NaN);
  const markers = new Markers();
  let [longest, missing, example] = [0, 0, ''];
  for (const [i, text] of coded.texts.entries()) {
    if (!isThere(draft, text)) {
      missing += coded.counts[i] as number;
      markers.add(text, coded.counts[i]);
      continue;
    }
    const found = minutesOf(text);
    if (found === null) return null;
    minutes[i] = found;
    longest = Math.max(longest, found);
    example ||= `"${text}" is ${Number(found.toPrecision(6))}`;
  }
  const numbers = Float64Array.from(coded.codes, (code) => minutes[code] as number);
  const what = longest < 24 * 60 ? 'times of day' : 'durations';
  const distinct = distinctNumbers(numbers);
  const column: Column = {
    name: raw.name,
    kind: 'numeric',
    reason: `all ${plainCount(survey.present)} filled cells read as ${what}, in minutes`,
    rows: raw.rows,
    missing,
    markers: markers.list(),
    numbers,
    codes: new Int32Array(0),
    distinct: distinct.count,
    values: distinct.smallest.map(String),
    isAsked: asked !== null,
    texts: noCells(raw),
    beyond: noCells(raw),
  };
  const note = {
    code: 'times-read-as-minutes',
    column: raw.name,
    text: `Column ${raw.name} holds ${what} of hours and minutes, and is read as minutes (${example}). To keep the texts, set data.types to ${formatName(raw.name)}:categorical.`,
  };
  return { column, notation: null, notes: [note] };
}
