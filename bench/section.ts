// Replaces a section of a Markdown file, between two marks.

/**
 * @param name - of the marks `<!-- name -->` and `<!-- /name -->`
 * @throws Error if the marks are missing or out of order
 */
export function withSection(text: string, name: string, section: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(
      `expected the marks ${start} and ${end}, one after the other, got ${from < 0 ? 'no first' : to < 0 ? 'no second' : 'them the other way round'}. Put them where the figures shall stand.`,
    );
  return `${text.slice(0, from + start.length)}\n${section}${text.slice(to)}`;
}
