// Checks every golden case of a folder on the active backend, one after another, and prints the results.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { worstOf } from '../engine/golden/check.ts';
import { checkGolden } from '../engine/golden/checkGolden.ts';

export interface GoldenOutcome {
  passed: number;
  failed: number;
  skipped: number;
}

/** How many failed checks of a case are printed. */
const SHOWN = 8;

/** @returns names of the cases, or null if the folder cannot be read */
export async function goldenFiles(folder: string): Promise<string[] | null> {
  try {
    return (await readdir(folder)).filter((f) => f.endsWith('.json') && f !== 'index.json').sort();
  } catch {
    return null;
  }
}

/** @param print - called with a line for each case, and one for each failed check */
export async function checkGoldenFolder(
  folder: string,
  files: readonly string[],
  print: (line: string) => void,
): Promise<GoldenOutcome> {
  const outcome = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const name = file.replace(/\.json$/, '');
    try {
      const found = await checkGolden(JSON.parse(await readFile(join(folder, file), 'utf8')));
      if ('skipped' in found) {
        outcome.skipped++;
        print(`skip  ${name}: ${found.skipped}`);
        continue;
      }
      const failures = found.checks.filter((c) => !c.passed);
      const worst = worstOf(found.checks);
      const ok = failures.length === 0 && worst !== null;
      if (ok) outcome.passed++;
      else outcome.failed++;
      print(
        `${ok ? 'pass' : 'FAIL'}  ${name}: ${found.checks.length} checks, worst ${worst?.quantity ?? 'none'} ${worst?.error.toExponential(1)} (limit ${worst?.tolerance.toExponential(1)})`,
      );
      for (const c of failures.slice(0, SHOWN))
        print(
          `      ${c.quantity}: ${c.error.toExponential(2)} > ${c.tolerance.toExponential(2)} ${c.detail ?? ''}`,
        );
    } catch (error) {
      outcome.failed++;
      print(`FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return outcome;
}
