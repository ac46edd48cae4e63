// Untrusted values in messages and cells: JSON may be nested deeper than JSON.stringify can go.

/** @returns JSON; the plain text of values without JSON; a remark for values that are nested too deeply */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch (error) {
    if (error instanceof RangeError) return 'a value nested too deeply to be shown';
    throw error;
  }
}
