// An answer, or an error after a time limit: a blocked database may never answer and raises no error.

/** @throws Error with `message` when `work` takes longer than `ms`; its later result is ignored */
export function within<T>(work: Promise<T>, ms: number, message: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
