// Finds the tensors of a model in a file whose names may stand behind wrappers: the attribute of a LightningModule,
// DataParallel, FSDP, `torch.compile` of the whole or of a part. Works on names and shapes alone.

export interface Shaped {
  name: string;
  shape: readonly number[];
}

/** One way to read the name of a tensor of the file as one of the model. */
interface Reading {
  /** The tensor of the file. */
  from: string;
  /** What was left out in front, with its dot. */
  prefix: string;
  /** Parts of the name that were left out behind its first. */
  inserted: readonly string[];
  fits: boolean;
}

export interface Found {
  /** Name in the model to name in the file, of every tensor that is there with its shape. */
  names: ReadonlyMap<string, string>;
  /** Tensors of the model that are not there. */
  missing: Shaped[];
  /** Tensors of the model that are there with another shape, as in the file. */
  misshapen: { name: string; expected: readonly number[]; got: readonly number[] }[];
  /** What stands in front of the names, with its dot; usually one prefix, possibly the empty one. */
  prefixes: string[];
  /** What stands within names, such as `_orig_mod`. */
  inserted: string[];
  /** Prefixes under which the file holds the whole model again. */
  copies: string[];
  /** Tensors of the file under the prefixes, in parts of the model, that the model does not have. */
  unexpected: Shaped[];
  /** Tensors of the file that belong to no part of the model. */
  leftOut: Shaped[];
}

/** Parts of names that mark averages and the state of an optimizer: read last, where the model stands nowhere else. */
const COPIES =
  /^(ema|swa|avg|averaged?|shadow|teacher|target|old|prev|previous|best|init|initial|optim|optimi[sz]er|exp_avg.*|momentum.*|grads?|gradients?)(_.*)?$/i;

const sizeText = (shape: readonly number[]) => shape.join(',');
const segmentsOf = (name: string) => name.split('.');
const isCopy = (prefix: string) => segmentsOf(prefix).some((segment) => COPIES.test(segment));

/**
 * @param wanted - tensors of the model that must be there
 * @param known - further names of the model that a file may have (frozen tensors)
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
  const rest = given.filter(({ name }) => !used.has(name) && !frozen.has(name));
  return {
    names,
    missing,
    misshapen,
    prefixes,
    inserted: [...inserted],
    copies: copiesOf(readings, prefixes, wanted.length),
    unexpected: rest.filter(isOfModel),
    leftOut: rest.filter((t) => !isOfModel(t)),
  };
}

/** Every way to read names of the file as names of the model, by name of the model. */
function readingsOf(wanted: readonly Shaped[], known: readonly string[], given: readonly Shaped[]) {
  const shapes = new Map(wanted.map((t) => [t.name, sizeText(t.shape)]));
  const parts = new Set([...shapes.keys(), ...known].flatMap(segmentsOf));
  const readings = new Map<string, Reading[]>();
  for (const { name: from, shape } of given) {
    const segments = segmentsOf(from);
    for (let start = 0; start < segments.length; start++) {
      const rest = segments.slice(start);
      // Parts of names that the model has nowhere are wrappers; where it has them, a whole name decides.
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

/** The prefix that most of the model stands behind, and further ones that hold other parts of it and no more. */
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

/** The one under the chosen prefixes that leaves out the least, with its shape where there is one. */
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
