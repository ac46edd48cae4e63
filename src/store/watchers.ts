// Counts the views that watch a question. A tab that was left is taken down after the next one has asked, and must not end what
// the next one watches.
const counts = new Map<string, number>();

/** @returns to be called once, when the view watches no longer: whether no other view does */
export function watching(question: string): () => boolean {
  counts.set(question, (counts.get(question) ?? 0) + 1);
  return () => {
    const left = (counts.get(question) ?? 1) - 1;
    if (left > 0) counts.set(question, left);
    else counts.delete(question);
    return left === 0;
  };
}
