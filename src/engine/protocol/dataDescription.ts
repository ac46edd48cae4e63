// What the Data tab shows: every column as it is understood, and what becomes of the table under the experiment.
import type { Issue } from '../core/errors.ts';
import type { Association } from '../data/association.ts';
import type { Histogram } from '../data/histogram.ts';
import type { ColumnInspection, TableInspection } from '../data/inspect.ts';
import type { TaskTypeId } from '../data/table.ts';
import type { DatasetSummary } from './data.ts';

export interface DescribedColumn extends ColumnInspection {
  histogram: Histogram | null;
  role: 'target' | 'feature' | 'unused';
  /** The task that it suggests, or why it can be none. */
  suggestedTask: TaskTypeId | null;
  notATask?: string;
  /** Most of its values, of a column that can be binary: one of them is the positive class. */
  values: string[];
}

export interface NamedAssociation extends Association {
  a: string;
  b: string;
}

export interface DataDescription {
  source: string;
  /** Of the file or the generator. */
  name: string;
  table: Omit<TableInspection, 'columns'>;
  columns: DescribedColumn[];
  /** Cells of the first rows as they are read, '' where missing. [rows][columns] */
  firstRows: string[][];
  /** Null while the experiment is refused. */
  dataset: DatasetSummary | null;
  /** Why it is. */
  issues: Issue[];
  associations: {
    /** Training rows that were compared, spread evenly over all of them. */
    rows: number;
    /** Of each pair of labels. */
    labels: NamedAssociation[];
    /** Per label the strongest of the features, the strongest first; `b` is the label. */
    features: NamedAssociation[][];
    /** Features that were compared; the first ones where there are very many. */
    comparedFeatures: number;
  } | null;
}
