// Texts of the engine in the words of the page. They name settings of a table by their keys, as the command line has them; the
// page has labels.
import { inLabels } from '../engine/config/readable.ts';
import { useStore } from './store.ts';

/** The text with settings of a table by their labels. */
export function labelled(text: string): string {
  const { catalog } = useStore.getState();
  const table = catalog?.sources.find((source) => source.needsFile);
  return table ? inLabels(text, 'data', table.dataParams) : text;
}
