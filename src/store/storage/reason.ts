// Why storage refused, in words. Some browsers leave the message of these errors empty.

/** By the name of the error, because its message may be empty or vague. */
const REASONS: Record<string, string> = {
  QuotaExceededError: 'the room that the browser gives this page is full',
  SecurityError: 'the browser is set to store nothing for this page',
  InvalidStateError: 'its connection was closed, as when site data are cleared',
  UnknownError: 'the browser could not read or write its files; its disk may be full',
  AbortError: 'the browser aborted the write; its disk may be full',
  VersionError: 'a newer version of the page wrote it; reload',
};

/** Whether more room would help. */
export const isFull = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'QuotaExceededError' || /quota/i.test(error.message));

/** @returns never empty */
export function storageReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error ?? '') || 'no reason was given';
  const known = Object.hasOwn(REASONS, error.name) ? REASONS[error.name] : undefined;
  const parts = [known, error.message].filter(Boolean);
  return parts.length > 0 ? parts.join(': ') : error.name || 'no reason was given';
}
