// Lists of column names, in one grammar for all settings: items are separated by commas; an item that contains a comma, colon,
// quote, percent sign or line break is in double quotes, with quotes inside doubled. A line break is written as a sign, because
// a field of one line cannot hold it; the sign itself is doubled.

const NEEDS_QUOTES = /[,:"%\n⏎]|^\s|\s$|^$/;

/** A line break that could be misread beside another or beside the sign is kept as it is. */
const quoted = (name: string): string =>
  name
    .replaceAll('"', '""')
    .replaceAll('⏎', '⏎⏎')
    .replace(/(?<![\n⏎])\n(?!⏎)/g, '⏎');

const withBreaks = (text: string): string => text.replace(/⏎⏎?/g, (signs) => (signs.length > 1 ? '⏎' : '\n'));
const unquoted = (text: string): string => withBreaks(text.replaceAll('""', '"'));

/** Longest list as a setting: one that names every column of a wide table. */
export const MAX_LIST = 500_000;

/** The name in the notation of lists. */
export const formatName = (name: string): string => (NEEDS_QUOTES.test(name) ? `"${quoted(name)}"` : name);

export const formatNames = (names: readonly string[]): string => names.map(formatName).join(', ');

/** How many names a message lists; a table may have thousands. */
const LISTED = 24;

/** The names as a message lists them: the first, and how many more there are. */
export const listNames = (names: readonly string[]): string =>
  names.length <= LISTED
    ? formatNames(names)
    : `${formatNames(names.slice(0, LISTED))} and ${(names.length - LISTED).toLocaleString('en')} more`;

export interface ListItem {
  name: string;
  isQuoted: boolean;
  /** The text after the closing quote up to the next comma, or to `last`. */
  rest: string;
  /** A quoted text that ends the item after a name. */
  last: string | null;
}

const QUOTED = /\s*"((?:[^"]|"")*)"([^,"]*)(?:"((?:[^"]|"")*)"\s*)?(?:,|$)/y;
const BARE_THEN_QUOTED = /\s*([^,"][^,"]*:\s*)"((?:[^"]|"")*)"\s*(?:,|$)/y;
const BARE = /\s*([^,"][^,]*|)(?:,|$)/y;

/** The items of a list; null if a quote is not closed or is inside a name. */
function readItems(text: string): ListItem[] | null {
  const items: ListItem[] = [];
  let at = 0;
  while (at < text.length) {
    for (const pattern of [QUOTED, BARE_THEN_QUOTED, BARE]) pattern.lastIndex = at;
    const inQuotes = QUOTED.exec(text);
    const mixed = inQuotes ? null : BARE_THEN_QUOTED.exec(text);
    const found = inQuotes ?? mixed ?? BARE.exec(text);
    if (!found) return null;
    at += found[0].length;
    const name = found[1] ?? '';
    const lastOf = (part: string | undefined) => (part === undefined ? null : unquoted(part));
    if (inQuotes)
      items.push({
        name: unquoted(name),
        isQuoted: true,
        rest: (inQuotes[2] ?? '').trim(),
        last: lastOf(inQuotes[3]),
      });
    else if (name.trim() !== '')
      items.push({ name: withBreaks(name.trim()), isQuoted: false, rest: '', last: lastOf(mixed?.[2]) });
  }
  return items;
}

/** The names in a list; null if the quotes do not match. */
export function parseNames(text: string): string[] | null {
  const items = readItems(text);
  return items?.every((item) => item.rest === '' && item.last === null)
    ? items.map((item) => item.name)
    : null;
}

export interface TypedName {
  name: string;
  /** Null if none was given. */
  type: string | null;
  /** The text after the type; absent if there is none. */
  value?: string;
  isQuoted: boolean;
}

/**
 * The entries of a list like `species:multiclass,"yield, kg":regression`; null if the quotes do not match. A colon in an
 * unquoted name belongs to the name unless one of `types` follows it. A value may follow the types `valued`, as in
 * `kind:binary:"yes, twice"`.
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
  // After a quoted name: [type] or [type, value]; otherwise preceded by the parts of the name.
  const parts = isQuoted ? (rest === '' ? [] : rest.slice(1).split(':')) : name.split(':');
  if (last !== null && (parts.length === 0 || parts.pop()?.trim() !== '')) return null;
  const value = last ?? parts.pop()?.trim();
  const type = parts.pop()?.trim() ?? '';
  const own = isQuoted ? name : parts.join(':').trim();
  const isWhole = isQuoted ? parts.length === 0 : own !== '';
  if (value !== undefined && valued.includes(type) && isWhole) return { name: own, type, value, isQuoted };
  if (last !== null) return null;
  if (isQuoted) return { name, type: rest === '' ? null : rest.slice(1).trim(), isQuoted };
  const at = name.lastIndexOf(':');
  return at >= 0 && types.includes(name.slice(at + 1).trim())
    ? { name: name.slice(0, at).trim(), type: name.slice(at + 1).trim(), isQuoted }
    : { name, type: null, isQuoted };
}

/** Formats an entry for `parseTypedNames`. */
export const formatTypedName = (name: string, type: string, value?: string): string =>
  [formatName(name), type, ...(value === undefined ? [] : [formatName(value)])].join(':');

/** Remedy for lists that cannot be parsed, or contain unknown names. */
export const QUOTING_HELP =
  'A name that holds a comma, a colon or a quote stands in double quotes, a quote in it doubled, as in "yield, kg".';
