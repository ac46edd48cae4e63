// Keys that one object gives twice. Parsing keeps the last value and says nothing, so that the members that a text writes are
// counted beside those that came of it.
import { clip } from '../../core/errors.ts';
import type { Note } from '../../core/notes.ts';
import { plain } from './limits.ts';
import { countOf } from './lines.ts';

const [QUOTE, BACKSLASH, COLON] = [34, 92, 58];
const SHOWN = 5;

/** Position behind the text whose quote opens at `at`. */
function endOfText(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (sign === QUOTE) return i + 1;
    if (sign === BACKSLASH) i++;
  }
  return text.length;
}

/** How many members the objects of a text have, repeated ones counted: the colons that stand outside of texts. */
function membersWritten(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === COLON) count++;
    else if (sign === QUOTE) at = endOfText(text, at) - 1;
  }
  return count;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** How many members the objects of a parsed value have, at any depth. */
function membersKept(value: unknown): number {
  let count = 0;
  // Not by recursion: a value may be nested deeper than calls can be.
  const open: object[] = [];
  if (isNested(value)) open.push(value);
  for (let one = open.pop(); one; one = open.pop()) {
    if (Array.isArray(one)) {
      for (const inner of one) if (isNested(inner)) open.push(inner);
      continue;
    }
    const members = one as Readonly<Record<string, unknown>>;
    // Without a list of the values, which would be made for every row.
    for (const key in members) {
      count++;
      const inner = members[key];
      if (isNested(inner)) open.push(inner);
    }
  }
  return count;
}

const COLON_NEXT = /\s*:/y;

/**
 * Visits the keys that are in their object already.
 * @param text - JSON
 * @param visit - receives the key, and the number of line breaks before it
 */
function visitRepeated(text: string, visit: (key: string, breaks: number) => void): void {
  /** The keys so far of each open object; null for a list. */
  const open: (Set<string> | null)[] = [];
  let [breaks, counted] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '{') open.push(new Set());
    else if (sign === '[') open.push(null);
    else if (sign === '}' || sign === ']') open.pop();
    if (sign !== '"') continue;
    const start = at;
    const end = endOfText(text, at);
    at = end - 1;
    const keys = open.at(-1);
    COLON_NEXT.lastIndex = end;
    if (!keys || !COLON_NEXT.test(text)) continue;
    const key = JSON.parse(text.slice(start, end)) as string;
    if (keys.has(key)) {
      breaks += countOf(text.slice(counted, start), '\n');
      counted = start;
      visit(key, breaks);
    }
    keys.add(key);
  }
}

/** Names that got a second value in one row, as the note on them. */
export class Repeats {
  private count = 0;
  private readonly first = new Map<string, string>();

  /** @param place - such as `line 3` */
  add(name: string, place: string): void {
    this.count++;
    if (this.first.size < SHOWN && !this.first.has(name)) this.first.set(name, place);
  }

  /** Takes the keys that a text repeats, if what came of it has fewer members. @param line - on which the text begins */
  look(text: string, value: unknown, line: number): void {
    const kept = membersKept(value);
    // Each member has a colon. Where texts hold colons too, they are told apart, which takes several times as long.
    if (countOf(text, ':') === kept || membersWritten(text) === kept) return;
    visitRepeated(text, (key, breaks) => this.add(key, `line ${plain(line + breaks)}`));
  }

  notes(): Note[] {
    const { count } = this;
    if (count === 0) return [];
    const shown = [...this.first].map(([name, place]) => `"${clip(name)}" (${place})`).join(', ');
    const text = `${count === 1 ? 'A key is given twice in one object' : `${plain(count)} times a key is given twice in one object`}: ${shown}; the last value counts.`;
    return [{ code: 'keys-repeated', text }];
  }
}
