// Cells of CSV text (RFC 4180), safe to open in a spreadsheet.

export type CsvValue = string | number | boolean | null;

/** A number, or several with blanks between them, is no formula, whatever its sign. */
const areNumbers = (text: string): boolean =>
  text.split(' ').every((part) => part.trim() !== '' && Number.isFinite(Number(part)));

/** One cell, quoted if needed. Text that a spreadsheet would run as a formula gets an apostrophe before it. */
export function csvCell(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  const isFormula = typeof value === 'string' && /^[=+\-@\t\r]/.test(value);
  const text = isFormula && !(/^[+-]/.test(value) && areNumbers(value)) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
