// Part of `npm run lint`: prints what breaks a rule of the layout, and fails when something does.
import { layoutProblems, readSources } from './layout.mjs';
import { root } from './tools.mjs';

const problems = layoutProblems(readSources(root));
for (const problem of problems) console.error(problem);
console.log(`Layout: ${problems.length === 0 ? 'every rule is kept' : `${problems.length} rules broken`}.`);
process.exitCode = problems.length === 0 ? 0 : 1;
