// The content of a pickle as data: names of functions are never resolved, and an object is a record of the call that would
// create it.

/** A class or function by name, never resolved. */
export class PickleGlobal {
  /** Module and name, such as `collections.OrderedDict`. */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An object that Python would create: the call, and what would be put into it. Nothing is executed. */
export class PickleObject {
  readonly callable: PickleValue;
  readonly args: readonly PickleValue[];
  /** Items that would be set, for dicts and similar types. */
  readonly entries = new Map<PickleValue, PickleValue>();
  /** Items that would be appended or added. */
  readonly items: PickleValue[] = [];
  state: PickleValue = null;

  constructor(callable: PickleValue, args: readonly PickleValue[]) {
    this.callable = callable;
    this.args = args;
  }

  /** Name of the class or function, or empty if it would be computed. */
  get name(): string {
    return this.callable instanceof PickleGlobal ? this.callable.name : '';
  }
}

/** A reference to data outside the pickle, such as the numbers of a tensor. */
export class PickleReference {
  readonly id: PickleValue;

  constructor(id: PickleValue) {
    this.id = id;
  }
}

/** Lists and tuples are arrays, dicts are maps, bytes are views of the file. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleGlobal
  | PickleObject
  | PickleReference;

/** A short description of a value. */
export function describeValue(value: PickleValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'a truth value';
  if (typeof value === 'number' || typeof value === 'bigint')
    return `the number ${String(value).slice(0, 20)}`;
  if (value instanceof PickleGlobal) return `the name ${value.name}`;
  if (value instanceof PickleObject)
    return `an object of ${value.name || 'an unnamed class'}, which was neither run nor built`;
  if (value instanceof PickleReference) return 'a reference to a storage';
  if (value instanceof Uint8Array) return 'bytes';
  return value instanceof Map ? 'a dict' : value instanceof Set ? 'a set' : 'a list or tuple';
}
