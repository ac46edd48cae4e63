// A page embedded in a frame: `?embed=attention` shows one tab, `?embed=train.loss` one figure of it. The parameter stands
// before the #, separate from experiment and view, so that a link opens with or without it.
const KEY = 'embed';

export interface Embedded {
  tab: string;
  /** The figure, by its name in views/charts/parts/figureHelp.ts; null for the whole tab. */
  figure: string | null;
}

/** @param search - the query of the address, with its question mark */
export function embeddedOf(search: string): Embedded | null {
  const text = new URLSearchParams(search).get(KEY);
  if (!text) return null;
  const [tab = '', figure = null] = text.split('.');
  return { tab, figure };
}

/** The query without `embed`. */
export function withoutEmbed(search: string): string {
  const query = new URLSearchParams(search);
  query.delete(KEY);
  return query.toString();
}

/** The part of the query that stays when the link is rewritten. */
export function embedSearch(search = location.search): string {
  const text = new URLSearchParams(search).get(KEY);
  return text ? `?${new URLSearchParams({ [KEY]: text })}` : '';
}
