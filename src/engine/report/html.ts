// HTML as text. All text from experiments and files is escaped here; no other file concatenates HTML.

/** Markup, as opposed to text that must be escaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = Markup | string | number | null | readonly Piece[];

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe between tags and in quoted attributes; characters that XML does not allow are shown as escapes. */
export const escapeText = (text: string): string =>
  text.replace(/[^\P{Cc}\t\n\r]/gu, '\ufffd').replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);

function pieceText(piece: Piece): string {
  if (piece === null) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(pieceText).join('');
  return escapeText(String(piece));
}

/** Template literal whose values are escaped, unless they are markup themselves. */
export const html = (strings: TemplateStringsArray, ...pieces: Piece[]): Markup =>
  new Markup(strings.reduce((text, part, i) => text + pieceText(pieces[i - 1] ?? null) + part));
