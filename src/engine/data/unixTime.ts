// Unix times: whole numbers that count seconds, or thousandths, millionths or billionths of them, since 1970.

/** By the digits that times from 1973 to 2286 have. */
const UNITS = [
  { digits: [9, 10], perMs: 1e-3, name: 'seconds' },
  { digits: [12, 13], perMs: 1, name: 'milliseconds' },
  { digits: [15, 16], perMs: 1e3, name: 'microseconds' },
  { digits: [18, 19], perMs: 1e6, name: 'nanoseconds' },
] as const;

/** Numbers of these years are taken for times; others are as likely amounts. */
const [FROM, TO] = [Date.UTC(2000, 0), Date.UTC(2100, 0)];

export const unitOf = (text: string) => {
  const length = text.replace('-', '').length;
  return UNITS.find(({ digits: [least, most] }) => length >= least && length <= most);
};

/** Milliseconds since 1970; null where the digits are too few, too many, or between two units. */
export function readEpoch(text: string): number | null {
  if (!/^\d{9,19}$/.test(text)) return null;
  const unit = unitOf(text);
  return unit ? Math.floor(Number(text) / unit.perMs) : null;
}

/** The unit in which numbers from `low` to `high` are times of this century; null if they are none. */
export function unitOfTimes(low: string, high: string): (typeof UNITS)[number]['name'] | null {
  const [from, to] = [readEpoch(low), readEpoch(high)];
  const unit = unitOf(low);
  if (from === null || to === null || !unit || unitOf(high) !== unit) return null;
  return from >= FROM && to <= TO ? unit.name : null;
}
