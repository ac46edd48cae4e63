// JSON of events and results: typed arrays become plain arrays, NaN and infinity become null.

type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

const isNumbers = (item: unknown): item is Numbers => ArrayBuffer.isView(item) && !(item instanceof DataView);

export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, item) => {
      if (!isNumbers(item)) return item;
      return Array.from(item, (n) =>
        Number.isFinite(n) ? (item instanceof Float32Array ? Number(n.toPrecision(7)) : n) : null,
      );
    },
    indent,
  );
}
