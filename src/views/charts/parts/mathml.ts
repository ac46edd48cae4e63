// Formulas in MathML, which browsers draw and screen readers read without any library.
import { createElement, type ReactNode } from 'react';

const element =
  (tag: string) =>
  (...children: ReactNode[]) =>
    createElement(tag, null, ...children);

export const math = {
  row: element('mrow'),
  fraction: element('mfrac'),
  sub: element('msub'),
  sup: element('msup'),
  root: element('msqrt'),
  letter: element('mi'),
  number: element('mn'),
  sign: element('mo'),
  word: element('mtext'),
  sum: (below: ReactNode, above?: ReactNode) =>
    above
      ? element('munderover')(element('mo')('∑'), below, above)
      : element('munder')(element('mo')('∑'), below),
  /** A formula on its own line. @param label - read aloud */
  block: (label: string, ...children: ReactNode[]) =>
    createElement('math', { display: 'block', 'aria-label': label }, ...children),
};
