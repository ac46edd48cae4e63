// Texts of Excel workbooks: those that all sheets share (ECMA-376-1, 18.4), without how they look and how they are spoken.
import { plain, refuse } from './limits.ts';
import type { XmlTaker } from './xml.ts';

/** Longest content of a cell: Excel has 32,767 characters, and others a few more. */
export const MAX_TEXT = 2 ** 20;
const MAX_STRINGS = 20_000_000;

/** Signs that XML cannot hold, such as `_x000D_` for the end of a line; what would be no text stays as it is written. */
export function withoutEscapes(text: string): string {
  if (!text.includes('_x')) return text;
  return text
    .replace(/_x([0-9A-Fa-f]{4})_/g, (found, digits: string) => {
      const code = Number.parseInt(digits, 16);
      return code === 0 || (code >= 0xd800 && code < 0xe000) ? found : String.fromCharCode(code);
    })
    .replace(/\r\n?/g, '\n');
}

export class SharedStrings implements XmlTaker {
  readonly strings: string[] = [];
  private depth = 0;
  private content = '';
  private isPhonetic = false;
  private isText = false;

  /** @param place - for messages */
  constructor(private readonly place: string) {}

  open(name: string): void {
    this.depth++;
    if (this.depth === 2) {
      this.content = '';
      this.isPhonetic = false;
    } else if (name === 'rPh') this.isPhonetic = true;
    else if (name === 't' && !this.isPhonetic) this.isText = true;
  }

  text(text: string): void {
    if (!this.isText) return;
    this.content += text;
    if (this.content.length > MAX_TEXT)
      throw refuse(
        `${this.place}, text ${plain(this.strings.length + 1)}`,
        `at most ${plain(MAX_TEXT)} characters`,
        'more than that',
        'Shorten it.',
      );
  }

  close(name: string): void {
    if (this.depth === 2 && name === 'si') {
      if (this.strings.length === MAX_STRINGS)
        throw refuse(this.place, `at most ${plain(MAX_STRINGS)} texts`, 'more', 'Export the table as CSV.');
      this.strings.push(withoutEscapes(this.content));
    }
    if (name === 'rPh') this.isPhonetic = false;
    this.isText = false;
    this.depth--;
  }
}
