// A request to a source with its file opened: the step before planning, and the only one that waits for a file.
import type { TableInput } from '../config/tableInput.ts';
import type { Issue } from '../core/errors.ts';
import { type ProgressSink, UNWATCHED } from './progress.ts';
import type { DataSource, SourceRequest } from './source.ts';

export interface UnopenedRequest extends Omit<SourceRequest, 'table'> {
  /** Set if the experiment names a file. */
  file?: TableInput;
}

/**
 * The request, ready for `plan` and `generate`, and its issues.
 * @throws what `progress` throws
 */
export async function openRequest(
  source: DataSource,
  { file, ...rest }: UnopenedRequest,
  progress: ProgressSink = UNWATCHED,
): Promise<{ request: SourceRequest; issues: Issue[] }> {
  const opened = await source.open?.(file, rest.data, progress);
  const request = { ...rest, table: opened?.table };
  return { request, issues: opened?.issues ?? source.check(request) };
}
