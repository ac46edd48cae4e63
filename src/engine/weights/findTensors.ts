// Finds the tensors of a model in a file whose names may be wrapped: the attribute of a LightningModule, DataParallel, FSDP,
// `torch.compile` of the whole or of a part. Uses names and shapes only.

export interface Shaped {
  name: string;
  shape: readonly number[];
}

/** One interpretation of a file's tensor name as a name of the model. */
interface Reading {
  /** The tensor of the file. */
  from: string;
  /** Prefix that was removed, with its dot. */
  prefix: string;
  /** Parts of the name that were removed within it. */
  inserted: readonly string[];
  fits: boolean;
}

export interface Found {
  /** Name in the file by name in the model, for every tensor found with its shape. */
  names: ReadonlyMap<string, string>;
  /** Tensors of the model that the file lacks. */
  missing: Shaped[];
  /** Tensors of the model with another shape in the file. */
  misshapen: { name: string; expected: readonly number[]; got: readonly number[] }[];
  /** Prefixes of the names, with their dots; usually one, possibly empty. */
  prefixes: string[];
  /** Parts inserted within names, such as `_orig_mod`. */
  inserted: string[];
  /** Prefixes under which the file holds the whole model again. */
  copies: string[];
  /** Tensors under the prefixes, in parts of the model, that the model lacks. */
  unexpected: Shaped[];
  /** Tensors that belong to no part of the model, and to no copy of it. */
  leftOut: Shaped[];
}

/** Parts of names that mark averages and optimizer state: used only if the model is nowhere else. */
const COPIES =
  /^(ema|swa|avg|averaged?|shadow|teacher|target|old|prev|previous|best|init|initial|optim|optimi[sz]er|exp_avg.*|momentum.*|grads?|gradients?)(_.*)?$/i;

const sizeText = (shape: readonly number[]) => shape.join(',');
const segmentsOf = (name: string) => name.split('.');
const isCopy = (prefix: string) => segmentsOf(prefix).some((segment) => COPIES.test(segment));

/**
 * @param wanted - required tensors of the model
 * @param known - optional tensors of the model that a file may have (frozen tensors)
 */
export function findTensors(
  wanted: readonly Shaped[],
  known: readonly string[],
  given: readonly Shaped[],
): Found {
  const shapes = new Map(given.map((t) => [t.name, t.shape]));
  const readings = readingsOf(wanted, known, given);
  const prefixes = choosePrefixes(readings, wanted);
  const names = new Map<string, string>();
  const inserted = new Set<string>();
  const missing: Shaped[] = [];
  const misshapen: Found['misshapen'] = [];
  const used = new Set<string>();
  for (const tensor of wanted) {
    const reading = bestReading(readings.get(tensor.name) ?? [], prefixes);
    if (!reading) missing.push(tensor);
    else {
      used.add(reading.from);
      for (const segment of reading.inserted) inserted.add(segment);
      if (reading.fits) names.set(tensor.name, reading.from);
      else
        misshapen.push({
          name: tensor.name,
          expected: tensor.shape,
          got: shapes.get(reading.from) ?? [],
        });
    }
  }
  const frozen = new Set(prefixes.flatMap((prefix) => known.map((name) => prefix + name)));
  const parts = new Set([...wanted.map((t) => t.name), ...known].map((name) => segmentsOf(name)[0]));
  const isOfModel = ({ name }: Shaped) =>
    prefixes.some(
      (prefix) => name.startsWith(prefix) && parts.has(segmentsOf(name.slice(prefix.length))[0] ?? ''),
    );
  const copies = copiesOf(readings, prefixes, wanted.length);
  const copied = new Set(copies.flatMap((prefix) => wanted.map(({ name }) => prefix + name)));
  const rest = given.filter(({ name }) => !used.has(name) && !frozen.has(name) && !copied.has(name));
  return {
    names,
    missing,
    misshapen,
    prefixes,
    inserted: [...inserted],
    copies,
    unexpected: rest.filter(isOfModel),
    leftOut: rest.filter((t) => !isOfModel(t)),
  };
}

/** All interpretations of the file's names, by name in the model. */
function readingsOf(wanted: readonly Shaped[], known: readonly string[], given: readonly Shaped[]) {
  const shapes = new Map(wanted.map((t) => [t.name, sizeText(t.shape)]));
  const parts = new Set([...shapes.keys(), ...known].flatMap(segmentsOf));
  const readings = new Map<string, Reading[]>();
  for (const { name: from, shape } of given) {
    const segments = segmentsOf(from);
    for (let start = 0; start < segments.length; start++) {
      const rest = segments.slice(start);
      // Parts that occur in no name of the model are wrappers; a part that does occur is decided by the whole name.
      const inserted = rest.filter((segment) => !parts.has(segment));
      const name = rest.filter((segment) => parts.has(segment)).join('.');
      if (!parts.has(rest[0] ?? '') || !shapes.has(name)) continue;
      const prefix = segments.slice(0, start).join('.') + (start > 0 ? '.' : '');
      const reading = { from, prefix, inserted, fits: shapes.get(name) === sizeText(shape) };
      readings.set(name, [...(readings.get(name) ?? []), reading]);
    }
  }
  return readings;
}

/** The prefix of most of the model, and further ones that hold only other parts of it. */
function choosePrefixes(readings: ReadonlyMap<string, Reading[]>, wanted: readonly Shaped[]): string[] {
  const held = new Map<string, { names: Set<string>; fitting: number }>();
  for (const { name } of wanted) {
    for (const { prefix, fits } of readings.get(name) ?? []) {
      const entry = held.get(prefix) ?? { names: new Set(), fitting: 0 };
      if (!entry.names.has(name) && fits) entry.fitting++;
      entry.names.add(name);
      held.set(prefix, entry);
    }
  }
  const ranked = [...held].sort(
    ([a, x], [b, y]) =>
      y.fitting - x.fitting ||
      y.names.size - x.names.size ||
      Number(isCopy(a)) - Number(isCopy(b)) ||
      segmentsOf(a).length - segmentsOf(b).length,
  );
  const chosen: string[] = [];
  const found = new Set<string>();
  for (const [prefix, { names }] of ranked) {
    const isAnotherPart = ![...names].some((name) => found.has(name)) && !isCopy(prefix);
    if (chosen.length > 0 && !isAnotherPart) continue;
    chosen.push(prefix);
    for (const name of names) found.add(name);
  }
  return chosen.length > 0 ? chosen : [''];
}

/** The interpretation under the chosen prefixes that removes the least, preferring a matching shape. */
function bestReading(readings: readonly Reading[], prefixes: readonly string[]): Reading | undefined {
  return readings
    .filter(({ prefix }) => prefixes.includes(prefix))
    .sort((a, b) => Number(b.fits) - Number(a.fits) || a.inserted.length - b.inserted.length)[0];
}

function copiesOf(readings: ReadonlyMap<string, Reading[]>, prefixes: readonly string[], total: number) {
  const counts = new Map<string, Set<string>>();
  for (const [name, list] of readings)
    for (const { prefix } of list)
      if (!prefixes.includes(prefix)) counts.set(prefix, (counts.get(prefix) ?? new Set()).add(name));
  return [...counts].filter(([, names]) => names.size === total).map(([prefix]) => prefix);
}
