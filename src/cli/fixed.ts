// Numbers of the tables with a set count of decimals.

/** @returns the number as `toFixed` writes it, without the sign of a number that rounds to 0; "undefined" if it is not finite */
export const fixed = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits).replace(/^-(?=0\.?0*$)/, '') : 'undefined';
