// Values from outside in messages and cells: JSON may be nested deeper than JSON.stringify goes down.

/** @returns JSON; for what has none its text, and for what is nested too deeply that it is */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch (error) {
    if (error instanceof RangeError) return 'a value nested too deeply to be shown';
    throw error;
  }
}
