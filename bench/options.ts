// Options that several benches have.

/**
 * @param option - its name, for the message
 * @param least - smallest number that makes sense
 * @throws Error if the text is no whole number, or a smaller one
 */
export function wholeNumber(option: string, text: string, least = 1): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
  throw new Error(
    `--${option}: expected a whole number of at least ${least}, got '${text}'. Try --${option} ${Math.max(least, 5)}.`,
  );
}
