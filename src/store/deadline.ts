// An answer, or after a while the reason for doing without it: a database may never answer, and raises no error then.

/** @throws Error with `message` when `work` takes longer than `ms`; what it comes to later is ignored */
export function within<T>(work: Promise<T>, ms: number, message: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
