// The heading of a failed run, from its message.

/** Longer first lines are a short heading and a text. */
const LONG_HEADLINE = 120;

/** "w.safetensors does not fit MultiTab-Net" and "Of 42 tensors, 10 are found…" */
export function headlineOf(line: string): { headline: string; detail: string } {
  const at = line.length > LONG_HEADLINE ? line.search(/[:.;] /) : -1;
  if (at < 0) return { headline: line, detail: '' };
  return { headline: line.slice(0, at), detail: line.slice(at + 2).replace(/^./, (c) => c.toUpperCase()) };
}
