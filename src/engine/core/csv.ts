// Cells of CSV text (RFC 4180), safe to open in a spreadsheet.

export type CsvValue = string | number | boolean | null;

/** One cell, quoted if needed. Text that a spreadsheet would run as a formula gets an apostrophe before it. */
export function csvCell(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
