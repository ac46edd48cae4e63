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
  /** What follows the closing quote up to the next comma, or to `last`. */
  rest: string;
  /** A text in quotes that ends the item behind a name. */
  last: string | null;
}

const QUOTED = /\s*"((?:[^"]|"")*)"([^,"]*)(?:"((?:[^"]|"")*)"\s*)?(?:,|$)/y;
const BARE_THEN_QUOTED = /\s*([^,"][^,"]*:\s*)"((?:[^"]|"")*)"\s*(?:,|$)/y;
const BARE = /\s*([^,"][^,]*|)(?:,|$)/y;

/** The items of a list; null where a quote is not closed or stands inside a name. */
function readItems(text: string): ListItem[] | null {
  const items: ListItem[] = [];
  let at = 0;
  while (at < text.length) {
    for (const pattern of [QUOTED, BARE_THEN_QUOTED, BARE]) pattern.lastIndex = at;
    const quoted = QUOTED.exec(text);
    const mixed = quoted ? null : BARE_THEN_QUOTED.exec(text);
    const found = quoted ?? mixed ?? BARE.exec(text);
    if (!found) return null;
    at += found[0].length;
    const name = found[1] ?? '';
    const unquote = (part: string | undefined) => part?.replaceAll('""', '"') ?? null;
    if (quoted)
      items.push({
        name: unquote(name) ?? '',
        isQuoted: true,
        rest: (quoted[2] ?? '').trim(),
        last: unquote(quoted[3]),
      });
    else if (name.trim() !== '')
      items.push({ name: name.trim(), isQuoted: false, rest: '', last: unquote(mixed?.[2]) });
  }
  return items;
}

/** The names in a list; null where the quotes do not match. */
export function parseNames(text: string): string[] | null {
  const items = readItems(text);
  return items?.every((item) => item.rest === '' && item.last === null)
    ? items.map((item) => item.name)
    : null;
}

export interface TypedName {
  name: string;
  /** Null where none was given. */
  type: string | null;
  /** What follows the type, null where nothing does. */
  value: string | null;
  isQuoted: boolean;
}

/**
 * The entries of a list like `species:multiclass,"yield, kg":regression`; null where the quotes do not match. A colon
 * in a name without quotes belongs to the name unless one of `types` follows it. A value may follow the types
 * `valued`, as in `kind:binary:"yes, twice"`.
 */
export function parseTypedNames(
  text: string,
  types: readonly string[],
  valued: readonly string[] = [],
): TypedName[] | null {
  const items = readItems(text);
  const names = items?.map((item) => typedName(item, types, valued));
  return names?.every((name) => name !== null) ? names : null;
}

function typedName(
  { name, isQuoted, rest, last }: ListItem,
  types: readonly string[],
  valued: readonly string[],
): TypedName | null {
  if (rest !== '' && !rest.startsWith(':')) return null;
  const split = (text: string) => text.split(':').map((part) => part.trim());
  const parts = isQuoted ? (rest === '' ? [] : split(rest.slice(1))) : split(name);
  if (last !== null && parts.pop() !== '') return null;
  const value = last ?? parts.at(-1) ?? '';
  const before = last === null ? parts.slice(0, -1) : parts;
  const type = before.at(-1) ?? '';
  const own = before.slice(0, -1).join(':');
  if (valued.includes(type) && (isQuoted ? before.length === 1 : own !== ''))
    return { name: isQuoted ? name : own, type, value, isQuoted };
  if (last !== null) return null;
  if (isQuoted) return { name, type: parts.length === 0 ? null : parts.join(':'), value: null, isQuoted };
  return parts.length > 1 && types.includes(value)
    ? { name: before.join(':'), type: value, value: null, isQuoted }
    : { name, type: null, value: null, isQuoted };
}

/** One entry as `parseTypedNames` reads it. */
export const formatTypedName = (name: string, type: string, value?: string): string =>
  [formatName(name), type, ...(value === undefined ? [] : [formatName(value)])].join(':');

/** The remedy where a list cannot be read or a name in it is unknown. */
export const QUOTING_HELP =
  'A name that holds a comma, a colon or a quote stands in double quotes, a quote in it doubled, as in "yield, kg".';
