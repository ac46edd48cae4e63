// Part of `npm run lint`: prints every violation of a layout rule, and fails when there is one.
import { layoutProblems, readSources } from './layout.mjs';
import { root } from './tools.mjs';

const problems = layoutProblems(readSources(root));
for (const problem of problems) console.error(problem);
console.log(`Layout: ${problems.length === 0 ? 'every rule is kept' : `${problems.length} rules broken`}.`);
process.exitCode = problems.length === 0 ? 0 : 1;
