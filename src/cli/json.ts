// JSON of events and results: typed arrays become plain arrays, NaN and infinity become null.

export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, item) => {
      if (ArrayBuffer.isView(item) && !(item instanceof DataView)) {
        return Array.from(item as unknown as ArrayLike<number>, (n) =>
          Number.isFinite(n) ? (item instanceof Float32Array ? Number(n.toPrecision(7)) : n) : null,
        );
      }
      return item;
    },
    indent,
  );
}
