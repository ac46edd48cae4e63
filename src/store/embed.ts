// A page in a frame of another: `?embed=attention` shows one tab, `?embed=train.loss` one figure of it. It stands before the #,
// apart from experiment and view, so that a link opens with or without it.
const KEY = 'embed';

export interface Embedded {
  tab: string;
  /** The figure, as views/charts/parts/figureHelp.ts names it; null for the whole tab. */
  figure: string | null;
}

/** @param search - of the address, with its question mark */
export function embeddedOf(search: string): Embedded | null {
  const text = new URLSearchParams(search).get(KEY);
  if (!text) return null;
  const [tab = '', figure = null] = text.split('.');
  return { tab, figure };
}

/** The rest of a search. */
export function withoutEmbed(search: string): string {
  const query = new URLSearchParams(search);
  query.delete(KEY);
  return query.toString();
}

/** What of the address stays when the link is written. */
export function embedSearch(search = location.search): string {
  const text = new URLSearchParams(search).get(KEY);
  return text ? `?${new URLSearchParams({ [KEY]: text })}` : '';
}
