// Tables that are opened together: one trains, and the words in the names of the others say which split they are.
import type { SplitWithFile } from '../../../engine/config/tableInput.ts';

const WORDS: Record<'train' | SplitWithFile, RegExp> = {
  train: /(^|[^a-z])(train|training)([^a-z]|$)/i,
  validation: /(^|[^a-z])(val|valid|validation|dev)([^a-z]|$)/i,
  test: /(^|[^a-z])(test|testing|holdout)([^a-z]|$)/i,
};

export interface TableRoles<T> {
  table: T;
  splits: Partial<Record<SplitWithFile, T>>;
}

/** Null where the names do not say it: each role at most once, and one table for training. */
export function tableRoles<T extends { name: string }>(files: readonly T[]): TableRoles<T> | null {
  const rolesOf = ({ name }: T) =>
    (Object.keys(WORDS) as (keyof typeof WORDS)[]).filter((role) => WORDS[role].test(name));
  const of = (role: keyof typeof WORDS) => files.filter((file) => rolesOf(file).join() === role);
  const plain = files.filter((file) => rolesOf(file).length === 0);
  const [train, validation, test] = [[...of('train'), ...plain], of('validation'), of('test')];
  const [table] = train;
  const isClear = train.length === 1 && validation.length <= 1 && test.length <= 1;
  if (!table || !isClear || train.length + validation.length + test.length < files.length) return null;
  return {
    table,
    splits: { ...(validation[0] && { validation: validation[0] }), ...(test[0] && { test: test[0] }) },
  };
}
