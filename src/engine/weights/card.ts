// The description in a weights file: network, encoding of its table, split, and training rows. JSON under one key of the
// safetensors metadata, or in a file beside a `.pt`.
import type { Experiment } from '../config/experiment.ts';
import type { Params } from '../config/params.ts';
import { WorkbenchError } from '../core/errors.ts';
import { IDENTITY } from '../data/encode.ts';
import { fingerprint, type KeptRows, keptRows, rowHashes } from '../data/rowHashes.ts';
import type { FileInput } from '../data/source.ts';
import { splitParams } from '../data/split.ts';
import type { Dataset, FittedFeature, FittedTable, FittedTarget, Standardisation } from '../data/table.ts';
import type { FittedTail } from '../data/tails.ts';

/** The key in the metadata of safetensors. */
export const CARD_KEY = 'multitab';
/** Identifies a JSON file as one beside weights. */
const FORMAT = 'multitab-weights';
const VERSION = 1;

export interface WeightsCard {
  format: typeof FORMAT;
  version: typeof VERSION;
  architecture: string;
  /** Settings of the architecture. */
  params: Params;
  seed: number;
  experiment: object;
  /** Features and tasks in their order, with categories, classes and scaling. */
  fitted: FittedTable;
  /** Row-major [T, T], null for NaN: the correlations from which HoME proposes its groups of tasks. */
  labelCorrelation: (number | null)[];
  table: {
    name: string;
    rows: number;
    /** Hash of all rows in order, encoded by `fitted`. */
    fingerprint: string;
    /** Settings that determine which rows are training rows. */
    split: Params;
    trainingRows: KeptRows;
  };
  /** Tensor names that PyTorch refuses, mapped to the names in the file. */
  names: Record<string, string>;
}

const splitSettings = (data: Params): Params =>
  Object.fromEntries(splitParams.flatMap(({ key }) => (key in data ? [[key, data[key]]] : [])));

export function cardOf(
  network: { architecture: string; params: Params; seed: number; experiment: Experiment },
  dataset: Dataset,
  saved: ReadonlyMap<string, string>,
): WeightsCard {
  const hashes = rowHashes(dataset);
  return {
    format: FORMAT,
    version: VERSION,
    ...network,
    fitted: dataset.fitted ?? fittedOf(dataset),
    labelCorrelation: Array.from(dataset.relatedness.realised, (r) => (Number.isNaN(r) ? null : r)),
    table: {
      name: dataset.name,
      rows: dataset.rows,
      fingerprint: fingerprint(hashes),
      split: splitSettings(network.experiment.data.params),
      trainingRows: keptRows(hashes, dataset.split.train),
    },
    names: Object.fromEntries(
      [...saved].filter(([own, other]) => own !== other).map(([own, other]) => [other, own]),
    ),
  };
}

/** The encoding of generated rows: categories without names are numbered by their codes. */
function fittedOf({ features, featureScaling, tasks, targetScaling }: Dataset): FittedTable {
  const scalings = [...featureScaling];
  return {
    features: features.map(({ name, kind, cardinality, categories }): FittedFeature => {
      const scaling = kind === 'numeric' ? scalings.shift() : undefined;
      if (scaling) return { kind: 'numeric', name, scaling, fill: scaling.mean };
      const names = categories ?? Array.from({ length: cardinality }, (_, code) => String(code));
      return { kind: 'categorical', name, names, other: -1, missing: -1 };
    }),
    targets: tasks.map(({ name, type, classes, outputs }, i): FittedTarget => {
      if (type === 'regression') return { name, type, classes: null, scaling: targetScaling[i] ?? IDENTITY };
      const numbers = Array.from({ length: Math.max(2, outputs) }, (_, code) => String(code));
      return { name, type, classes: classes ?? numbers, scaling: null };
    }),
  };
}

/**
 * Parses a card.
 * @param place - of the text, for messages
 * @throws WorkbenchError (file) that names the first invalid field; a card is never read in part
 */
export function readCard(text: string, place: string): WeightsCard {
  const card = new Reader(parsed(text, place), place);
  if (card.at('format').value !== FORMAT) card.at('format').refuse(FORMAT);
  const version = card.at('version').value;
  if (version !== VERSION) card.at('version').refuse(`version ${VERSION}`);
  const table = card.at('table');
  const rows = table.at('trainingRows');
  return {
    format: FORMAT,
    version: VERSION,
    architecture: card.at('architecture').text(),
    params: card.at('params').object(),
    seed: card.at('seed').count(),
    experiment: card.at('experiment').object(),
    fitted: fittedIn(card.at('fitted')),
    labelCorrelation: card
      .at('labelCorrelation')
      .list()
      .map((r) => (r.value === null ? null : r.number())),
    table: {
      name: table.at('name').text(),
      rows: table.at('rows').count(),
      fingerprint: table.at('fingerprint').text(),
      split: table.at('split').object(),
      trainingRows: {
        count: rows.at('count').count(),
        every: Math.max(1, rows.at('every').count()),
        hashes: rows.at('hashes').texts(),
      },
    },
    names: Object.fromEntries(
      Object.keys(card.at('names').object()).map((key) => [key, card.at('names').at(key).text()]),
    ),
  };
}

/** Whether a file is meant to be a card, and not another JSON beside weights. */
export function isCard({ bytes }: FileInput): boolean {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return new Reader(value, '').at('format').value === FORMAT;
  } catch {
    return false;
  }
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw WorkbenchError.of('file', {
      path: place,
      expected: 'JSON',
      got: error instanceof Error ? error.message : String(error),
      remedy: REMEDY,
    });
  }
}

function fittedIn(fitted: Reader): FittedTable {
  return {
    features: fitted.at('features').list().map(featureIn),
    targets: fitted.at('targets').list().map(targetIn),
  };
}

function featureIn(feature: Reader): FittedFeature {
  const name = feature.at('name').text();
  const kind = feature.at('kind').value;
  if (kind === 'numeric')
    return {
      kind,
      name,
      scaling: scalingIn(feature.at('scaling')),
      fill: feature.at('fill').number(),
      ...tailIn(feature.at('tail')),
    };
  if (kind !== 'categorical') return feature.at('kind').refuse('numeric or categorical');
  const names = feature.at('names').texts();
  const code = (key: string) => {
    const value = feature.at(key).number();
    if (!Number.isInteger(value) || value < -1 || value >= names.length)
      feature.at(key).refuse(`a code below ${names.length}, or -1`);
    return value;
  };
  return { kind, name, names, other: code('other'), missing: code('missing') };
}

/** The transformation of a long tail; older files have none. */
function tailIn(tail: Reader): { tail?: FittedTail } {
  if (tail.value === undefined) return {};
  const kind = tail.at('kind').value;
  if (kind === 'clip')
    return { tail: { kind, low: tail.at('low').number(), high: tail.at('high').number() } };
  if (kind !== 'quantile') return tail.at('kind').refuse('clip or quantile');
  const knots = tail
    .at('knots')
    .list()
    .map((knot) => knot.number());
  if (knots.length === 0 || knots.some((knot, i) => i > 0 && knot < (knots[i - 1] as number)))
    tail.at('knots').refuse('numbers in their order');
  return { tail: { kind, knots } };
}

function targetIn(target: Reader): FittedTarget {
  const type = target.at('type').value;
  const name = target.at('name').text();
  if (type === 'regression') return { name, type, classes: null, scaling: scalingIn(target.at('scaling')) };
  if (type !== 'binary' && type !== 'multiclass')
    return target.at('type').refuse('regression, binary or multiclass');
  const classes = target.at('classes').texts();
  if (classes.length < 2) target.at('classes').refuse('at least two classes');
  return { name, type, classes, scaling: null };
}

function scalingIn(scaling: Reader): Standardisation {
  const scale = scaling.at('scale').number();
  if (!(scale > 0)) scaling.at('scale').refuse('a positive number');
  const mean = scaling.at('mean').number();
  const rest = scaling.at('rest');
  return rest.value === undefined ? { mean, scale } : { mean, rest: rest.number(), scale };
}

const REMEDY = 'Save the weights again, or measure them without what stands beside them.';

/** A value of an untrusted file, with its path. */
class Reader {
  readonly value: unknown;
  private readonly place: string;

  constructor(value: unknown, place: string) {
    this.value = value;
    this.place = place;
  }

  at(key: string): Reader {
    const { value } = this;
    const entry = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    return new Reader(entry ? (value as Record<string, unknown>)[key] : undefined, `${this.place}, ${key}`);
  }

  list(): Reader[] {
    const { value } = this;
    if (!Array.isArray(value)) return this.refuse('a list');
    return value.map((item, i) => new Reader(item, `${this.place}[${i}]`));
  }

  object(): Params {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.refuse('an object');
    return value as Params;
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.refuse('text');
  }

  texts(): string[] {
    return this.list().map((item) => item.text());
  }

  number(): number {
    return typeof this.value === 'number' && Number.isFinite(this.value)
      ? this.value
      : this.refuse('a finite number');
  }

  count(): number {
    const value = this.number();
    return Number.isSafeInteger(value) && value >= 0 ? value : this.refuse('a whole number from 0');
  }

  refuse(expected: string): never {
    const got = JSON.stringify(this.value)?.slice(0, 60) ?? 'nothing';
    throw WorkbenchError.of('file', { path: this.place, expected, got, remedy: REMEDY });
  }
}
