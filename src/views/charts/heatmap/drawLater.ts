// Draws many small canvases after the next frame, a few milliseconds at a time, so that the page is never held up by all of them
// together.

/** Milliseconds of drawing before the page may do other work. */
const SLICE_MS = 8;

const waiting = new Set<() => void>();

function goOn(): void {
  const started = performance.now();
  try {
    for (const draw of waiting) {
      waiting.delete(draw);
      draw();
      if (performance.now() - started > SLICE_MS) break;
    }
  } finally {
    // One that fails does not hold up the others.
    if (waiting.size > 0) setTimeout(goOn, 0);
  }
}

/** In the order of the calls. @returns withdraws the drawing */
export function drawLater(draw: () => void): () => void {
  if (waiting.size === 0) setTimeout(goOn, 0);
  waiting.add(draw);
  return () => waiting.delete(draw);
}
