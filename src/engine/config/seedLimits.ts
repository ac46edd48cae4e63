// Limits of seeds, wherever one is given: of a run, of a table, on the command line.

export const MAX_SEED = 2 ** 31 - 1;
/** Seeds that an experiment asks for by their number. */
export const MAX_REPEATS = 20;
