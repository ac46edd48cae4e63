// Limits of seeds in all places: of a run, of a table, on the command line.

export const MAX_SEED = 2 ** 31 - 1;
/** Maximum number of seeds that an experiment requests by `repeats`. */
export const MAX_REPEATS = 20;
