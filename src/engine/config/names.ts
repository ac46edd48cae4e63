// Names of columns inside a list, in one grammar wherever columns are listed: items stand between commas; an item that
// holds a comma, colon, quote or percent sign stands in double quotes, and a quote inside them is doubled.

const NEEDS_QUOTES = /[,:"%]|^\s|\s$|^$/;

/** The name as it is written in a list. */
export const formatName = (name: string): string =>
  NEEDS_QUOTES.test(name) ? `"${name.replaceAll('"', '""')}"` : name;

export const formatNames = (names: readonly string[]): string => names.map(formatName).join(', ');

export interface ListItem {
  name: string;
  isQuoted: boolean;
  /** What follows the closing quote up to the next comma. */
  rest: string;
}

const QUOTED = /\s*"((?:[^"]|"")*)"([^,"]*)(?:,|$)/y;
const BARE = /\s*([^,"][^,]*|)(?:,|$)/y;

/** The items of a list; null where a quote is not closed or stands inside a name. */
function readItems(text: string): ListItem[] | null {
  const items: ListItem[] = [];
  let at = 0;
  while (at < text.length) {
    QUOTED.lastIndex = at;
    BARE.lastIndex = at;
    const quoted = QUOTED.exec(text);
    const found = quoted ?? BARE.exec(text);
    if (!found) return null;
    const [whole, name = '', rest = ''] = found;
    at += whole.length;
    if (quoted) items.push({ name: name.replaceAll('""', '"'), isQuoted: true, rest: rest.trim() });
    else if (name.trim() !== '') items.push({ name: name.trim(), isQuoted: false, rest: '' });
  }
  return items;
}

/** The names in a list; null where the quotes do not match. */
export function parseNames(text: string): string[] | null {
  const items = readItems(text);
  return items?.every((item) => item.rest === '') ? items.map((item) => item.name) : null;
}

export interface TypedName {
  name: string;
  /** Null where none was given. */
  type: string | null;
  isQuoted: boolean;
}

/**
 * The entries of a list like `species:multiclass,"yield, kg":regression`; null where the quotes do not match. A colon
 * in a name without quotes belongs to the name unless one of `types` follows it.
 */
export function parseTypedNames(text: string, types: readonly string[]): TypedName[] | null {
  const items = readItems(text);
  if (!items?.every((item) => item.rest === '' || item.rest.startsWith(':'))) return null;
  return items.map(({ name, isQuoted, rest }) => {
    if (isQuoted) return { name, type: rest === '' ? null : rest.slice(1).trim(), isQuoted };
    const at = name.lastIndexOf(':');
    const type = name.slice(at + 1).trim();
    if (at < 0 || !types.includes(type)) return { name, type: null, isQuoted };
    return { name: name.slice(0, at).trim(), type, isQuoted };
  });
}

/** One entry as `parseTypedNames` reads it. */
export const formatTypedName = (name: string, type: string): string => `${formatName(name)}:${type}`;

/** The remedy where a list cannot be read or a name in it is unknown. */
export const QUOTING_HELP =
  'A name that holds a comma, a colon or a quote stands in double quotes, a quote in it doubled, as in "yield, kg".';
