// The markup of lessons: `[[term]]` and `[[term|shown words]]` within plain text.
import { glossary, isTerm, type TermId } from './glossary.ts';

export type Piece = { kind: 'text'; text: string } | { kind: 'term'; id: TermId; text: string };

/** @throws Error on a term that the glossary lacks: an error in the lesson, which a test finds */
export function piecesOf(text: string): Piece[] {
  return text.split(/(\[\[[^\]]+\]\])/).flatMap((part): Piece[] => {
    if (!part.startsWith('[[')) return part ? [{ kind: 'text', text: part }] : [];
    const [id = '', shown] = part.slice(2, -2).split('|');
    if (!isTerm(id)) throw new Error(`no term "${id}" in the glossary`);
    return [{ kind: 'term', id, text: shown ?? withinSentence(glossary[id].name) }];
  });
}

/** Abbreviations keep their capitals. */
const withinSentence = (name: string): string =>
  /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
