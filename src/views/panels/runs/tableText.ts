// A comparison table as text: Markdown, LaTeX (booktabs) and JSON; charts/csv.ts makes CSV.

export interface TextTable {
  header: readonly string[];
  /** The number of columns with words; the others hold figures. */
  numWords: number;
  rows: readonly (readonly string[])[];
}

const markdownCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export function toMarkdown({ header, numWords, rows }: TextTable): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(' | ')} |`;
  const rule = `|${header.map((_, i) => (i < numWords ? '---' : '---:')).join('|')}|`;
  return `${[line(header), rule, ...rows.map(line)].join('\n')}\n`;
}

const LATEX: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '±': '$\\pm$',
  '−': '$-$',
  '×': '$\\times$',
  '–': '--',
};

/** Escapes LaTeX's special characters. */
export const latexText = (text: string): string =>
  text.replaceAll(/[\\~^±−×–&%$#_{}]/g, (sign) => LATEX[sign] ?? `\\${sign}`);

/** Needs `\usepackage{booktabs}`. */
export function toLatex({ header, numWords, rows }: TextTable): string {
  const line = (cells: readonly string[]) => `${cells.map(latexText).join(' & ')} \\\\`;
  const columns = header.map((_, i) => (i < numWords ? 'l' : 'r')).join('');
  return [
    `\\begin{tabular}{${columns}}`,
    '\\toprule',
    line(header),
    '\\midrule',
    ...rows.map(line),
    '\\bottomrule',
    '\\end{tabular}',
    '',
  ].join('\n');
}
