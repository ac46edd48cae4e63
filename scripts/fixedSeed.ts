// Setup of the tests while mutants are tried: property tests draw the same cases in every run.
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20251109 });
