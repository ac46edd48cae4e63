// The notation of a column's numbers. A cell such as "1,234" is decided by the other cells of its column, else by the other
// columns of the file, else guessed and reported as a guess.
import { type Decimal, infinityOf, isPlainNumber, numberIn, takeApart } from './numbers.ts';

export interface Survey {
  /** Number of non-missing cells. */
  present: number;
  /** Number of cells with only digits, sign, decimal point and exponent. */
  plain: number;
  /** Number of cells that are numbers under each decimal sign; infinity counts under both. */
  readable: Record<Decimal, number>;
  /** Number of cells that are numbers under this sign only. */
  certain: Record<Decimal, number>;
  /** The first cell that is a different number under each sign. */
  undecided: string | null;
  /** Currency and percent signs with their counts. */
  marks: Map<string, number>;
  /** Number of infinities. */
  infinite: number;
}

/** "1.234": a plain number that could also be 1,234. */
const GROUP_LIKE = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;

export const newSurvey = (): Survey => ({
  present: 0,
  plain: 0,
  readable: { '.': 0, ',': 0 },
  certain: { '.': 0, ',': 0 },
  undecided: null,
  marks: new Map(),
  infinite: 0,
});

/** What a non-missing cell can be read as. */
export interface CellKind {
  /** Digits with at most a sign, a decimal point and an exponent. */
  isPlain: boolean;
  isInfinite: boolean;
  /** It is a number under this decimal sign. */
  isNumber: Record<Decimal, boolean>;
  /** It is a different number under each sign. */
  isUndecided: boolean;
  /** Its currency or percent sign, or empty. */
  mark: string;
}

const NO_NUMBER: CellKind = {
  isPlain: false,
  isInfinite: false,
  isNumber: { '.': false, ',': false },
  isUndecided: false,
  mark: '',
};

export function kindOfCell(cell: string): CellKind {
  if (isPlainNumber(cell)) {
    const isUndecided = GROUP_LIKE.test(cell);
    const isNumber = { '.': true, ',': isUndecided || !cell.includes('.') };
    return { ...NO_NUMBER, isPlain: true, isNumber, isUndecided };
  }
  if (infinityOf(cell) !== null)
    return { ...NO_NUMBER, isInfinite: true, isNumber: { '.': true, ',': true } };
  const parts = takeApart(cell);
  if (!parts) return NO_NUMBER;
  const [point, comma] = [numberIn(parts, '.'), numberIn(parts, ',')];
  if (point === null && comma === null) return NO_NUMBER;
  return {
    ...NO_NUMBER,
    isNumber: { '.': point !== null, ',': comma !== null },
    isUndecided: point !== null && comma !== null && point !== comma,
    mark: parts.mark,
  };
}

/** Adds a non-missing cell to the survey of its column. */
export function surveyCell(cell: string, kind: CellKind, found: Survey): void {
  const { isPlain, isInfinite, isNumber, isUndecided, mark } = kind;
  found.present++;
  if (isPlain) found.plain++;
  if (isInfinite) found.infinite++;
  if (isNumber['.']) found.readable['.']++;
  if (isNumber[',']) found.readable[',']++;
  if (isNumber['.'] && !isNumber[',']) found.certain['.']++;
  if (isNumber[','] && !isNumber['.']) found.certain[',']++;
  if (isUndecided) found.undecided ??= cell;
  if (mark !== '') found.marks.set(mark, (found.marks.get(mark) ?? 0) + 1);
}

/**
 * Adds plain numbers.
 * @param count - of cells
 * @param withPoint - of those whose decimal point cannot stand between thousands
 */
export function surveyPlain(count: number, withPoint: number, found: Survey): void {
  found.present += count;
  found.plain += count;
  found.readable['.'] += count;
  found.readable[','] += count - withPoint;
  found.certain['.'] += withPoint;
}

export interface DecimalChoice {
  decimal: Decimal;
  /** `column`: its own cells decide, or every reading gives the same. */
  by: 'asked' | 'column' | 'file' | 'guess';
}

/** The decimal sign proven by one column alone; null if it proves none. */
export function provenDecimal({ certain }: Survey): Decimal | null {
  if (certain['.'] === certain[',']) return null;
  return certain['.'] > certain[','] ? '.' : ',';
}

/** The decimal sign proven by all columns together; null if they prove none or contradict each other. */
export function decimalOfFile(surveys: readonly Survey[]): Decimal | null {
  const proven = new Set(surveys.filter(isMostlyNumeric).flatMap((s) => provenDecimal(s) ?? []));
  return proven.size === 1 ? ([...proven][0] ?? null) : null;
}

const isMostlyNumeric = ({ readable, present }: Survey) =>
  Math.max(readable['.'], readable[',']) * 2 > present;

/**
 * @param ofFile - proven by the file's columns together
 * @param hasSemicolons - the file separates cells by semicolons, which goes with decimal commas
 */
export function chooseDecimal(s: Survey, ofFile: Decimal | null, hasSemicolons: boolean): DecimalChoice {
  const own = provenDecimal(s);
  if (own !== null) return { decimal: own, by: 'column' };
  if (s.undecided === null) return { decimal: '.', by: 'column' };
  if (ofFile !== null) return { decimal: ofFile, by: 'file' };
  return { decimal: hasSemicolons && !isPlainNumber(s.undecided) ? ',' : '.', by: 'guess' };
}

/** The currency or percent sign of most cells; empty if most have none. A percent sign must be in most cells to count. */
export function chooseMark({ marks, present }: Survey): string {
  const [most] = [...marks].sort((a, b) => b[1] - a[1]);
  if (!most) return '';
  const [mark, count] = most;
  return isShare(mark) && count * 2 < present ? '' : mark;
}

const isShare = (mark: string) => mark === '%' || mark === '‰';

export interface Notation {
  decimal: Decimal;
  mark: string;
}

/** A parsed number, with what is unusual about its notation. */
export interface ReadNumber {
  value: number;
  traits: readonly string[];
}

const GROUPS: Record<string, string> = { ',': 'commas', '.': 'points', ' ': 'blanks', "'": 'apostrophes' };

/** The number in a non-missing cell; null if it is not one in this notation. */
export function readNumber(cell: string, { decimal, mark }: Notation): ReadNumber | null {
  if (isPlainNumber(cell) && (decimal === '.' || !cell.includes('.'))) {
    const value = Number(cell);
    return isShare(mark) && value !== 0 ? null : { value, traits: [] };
  }
  const infinite = infinityOf(cell);
  if (infinite !== null) return { value: infinite, traits: [] };
  const parts = takeApart(cell);
  const value = parts && numberIn(parts, decimal);
  if (!parts || value === null) return null;
  // Amounts in two currencies cannot share a column, nor can shares and percentages; an amount without a sign is accepted.
  if (parts.mark === '' ? isShare(mark) && value !== 0 : parts.mark !== mark) return null;
  const group = /[,. ']/.exec(parts.body.replaceAll(decimal, ''))?.[0];
  const traits = [
    ...(decimal === ',' && parts.body.includes(',') ? ['a decimal comma'] : []),
    ...(group ? [`${GROUPS[group]} between thousands`] : []),
    ...(parts.mark === '' ? [] : [`the sign ${parts.mark}`]),
    ...(parts.hasOddMinus ? ['a minus of its own kind'] : []),
  ];
  return { value, traits };
}
