// Where a text stops being JSON. Engines tell that in different words, some of them without a position.

const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** What may come next; `item` and `member` behind an opening bracket, which may close at once. */
type Wanted = 'value' | 'item' | 'key' | 'member' | 'colon' | 'end';
const NAMES: ReadonlySet<Wanted> = new Set(['key', 'member']);

/** Position behind the text that begins with a quote at `at`; where it ends wrongly, that position as `fault`. */
function stringAt(text: string, at: number): { end: number } | { fault: number } {
  for (let i = at + 1; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (sign === 34) return { end: i + 1 };
    if (sign < 32) return { fault: i };
    if (sign !== 92) continue;
    const escaped = /^(?:["\\/bfnrt]|u[\da-fA-F]{4})/.exec(text.slice(i + 1, i + 6))?.[0];
    if (escaped === undefined) return { fault: i };
    i += escaped.length;
  }
  return { fault: text.length };
}

/** The position of the first character that cannot stand there; the length of a text that is JSON, or ends too early. */
export function faultAt(text: string): number {
  const open: string[] = [];
  let wanted: Wanted = 'value';
  for (let at = 0; ; ) {
    while (' \t\n\r'.includes(text[at] ?? 'end')) at++;
    const sign = text[at];
    if (sign === undefined) return at;
    const inner = open.at(-1);
    const isName: boolean = NAMES.has(wanted);
    if (wanted === 'colon') {
      if (sign !== ':') return at;
      wanted = 'value';
    } else if ((sign === ']' && inner === '[') || (sign === '}' && inner === '{')) {
      if (wanted === 'value' || wanted === 'key') return at;
      open.pop();
      wanted = 'end';
    } else if (wanted === 'end') {
      if (sign !== ',' || inner === undefined) return at;
      wanted = inner === '{' ? 'key' : 'value';
    } else if (sign === '"') {
      const found = stringAt(text, at);
      if ('fault' in found) return found.fault;
      at = found.end;
      wanted = isName ? 'colon' : 'end';
      continue;
    } else if (isName) return at;
    else if (sign === '[' || sign === '{') {
      open.push(sign);
      wanted = sign === '[' ? 'item' : 'member';
    } else {
      SCALAR.lastIndex = at;
      const length = SCALAR.exec(text)?.[0].length;
      if (length === undefined) return at;
      at += length;
      wanted = 'end';
      continue;
    }
    at++;
  }
}
