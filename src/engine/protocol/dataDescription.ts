// What the Data tab shows: every column as read, and the dataset that the experiment makes of the table.
import type { Issue } from '../core/errors.ts';
import type { Association } from '../data/association.ts';
import type { Histogram } from '../data/histogram.ts';
import type { ColumnInspection, TableInspection } from '../data/inspect.ts';
import type { TaskTypeId } from '../data/table.ts';
import type { DatasetSummary } from './data.ts';

export interface DescribedColumn extends ColumnInspection {
  histogram: Histogram | null;
  role: 'target' | 'feature' | 'unused';
  /** The suggested task type, or why the column cannot be a target. */
  suggestedTask: TaskTypeId | null;
  notATask?: string;
  /** The first values of a column that can be binary: candidates for the positive class. */
  values: string[];
}

export interface NamedAssociation extends Association {
  a: string;
  b: string;
}

export interface DataDescription {
  source: string;
  /** Name of the file or the generator. */
  name: string;
  table: Omit<TableInspection, 'columns'>;
  columns: DescribedColumn[];
  /** Cells of the first rows as read, '' where missing. [rows][columns] */
  firstRows: string[][];
  /** Null if the experiment is refused. */
  dataset: DatasetSummary | null;
  /** Why it is refused. */
  issues: Issue[];
  associations: {
    /** Number of training rows compared, spread evenly over all of them. */
    rows: number;
    /** For each pair of labels. */
    labels: NamedAssociation[];
    /** Per label the features with the strongest association, strongest first; `b` is the label. */
    features: NamedAssociation[][];
    /** Number of compared features; the first ones if there are very many. */
    comparedFeatures: number;
  } | null;
}
