// The description of a table that is kept in the browser.
import type { SplitWithFile } from '../../engine/config/tableInput.ts';

export const PLACES = ['indexeddb', 'opfs'] as const;
export type Place = (typeof PLACES)[number];

/** What a list shows of a kept table. */
export interface KeptTable {
  id: string;
  name: string;
  place: Place;
  /** Size of the file and of its columns. */
  bytes: number;
  savedAt: string;
  /** The settings with which its columns were read. */
  preparedKey: string | null;
  /** Names of the files that splits have of their own. */
  splits?: Partial<Record<SplitWithFile, string>>;
}
