// Reads Python's pickle format (protocols 2 to 5, as `pickletools` documents it) as data, for weights saved by PyTorch. A
// pickle is a program that may name any function; here no name is resolved, nothing is called and no object is created. Dicts,
// lists, texts and numbers become values, and a call becomes a record of it: the caller knows the few that represent tensors,
// all others stay inert. Operations, stack and sizes are bounded.

import type { Refuse } from '../core/refusal.ts';
import {
  describeValue,
  PickleGlobal,
  PickleObject,
  PickleReference,
  type PickleValue,
} from './pickleValues.ts';

/** A tensor takes about 40. */
const MAX_OPERATIONS = 2_000_000;
const MAX_STACK = 1_000_000;
/** Python itself cannot write deeper nesting than its recursion limit. */
const MAX_MARKS = 10_000;
/** Longest name of a module, a class or a function. */
const MAX_NAME = 1000;
/** Bytes of all texts and integers: the names of a network take a few kilobytes. */
const MAX_LITERALS = 16_000_000;
const MAX_INTEGER = 1024;
/** Maximum arguments of one call to String.fromCharCode. */
const LATIN_SLICE = 8192;
const NEWLINE = 10;

/**
 * The value that a pickle describes.
 * @param place - of the pickle within the file, for errors
 * @throws WorkbenchError (file) with the byte at which the pickle is invalid
 */
export function readPickle(bytes: Uint8Array, place: string, refuse: Refuse): PickleValue {
  return new Machine(bytes, (at, expected, got) => refuse(`${place}, byte ${at}`, expected, got)).run();
}

class Machine {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly fail: (at: number, expected: string, got: string) => never;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private readonly stack: PickleValue[] = [];
  /** Stack heights at the open marks. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private at = 0;
  private literals = 0;
  /** Position of the current operation. */
  private begin = 0;

  constructor(bytes: Uint8Array, fail: (at: number, expected: string, got: string) => never) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.fail = fail;
  }

  run(): PickleValue {
    if (this.bytes[0] !== 0x80) this.fail(0, 'a pickle of protocol 2 to 5', 'something else');
    for (let operations = 0; operations < MAX_OPERATIONS; operations++) {
      this.begin = this.at;
      const code = this.bytes[this.take(1)] as number;
      if (code === STOP) return this.pop();
      const operation = OPERATIONS[code];
      if (!operation)
        this.refuse('an operation of pickle protocol 2 to 5', `byte 0x${code.toString(16).padStart(2, '0')}`);
      else operation(this);
      if (this.stack.length > MAX_STACK) this.refuse(`at most ${MAX_STACK} values at once`, 'more');
    }
    return this.refuse(`at most ${MAX_OPERATIONS} operations`, 'more');
  }

  refuse(expected: string, got: string): never {
    return this.fail(this.begin, expected, got);
  }

  /** Position of the next `size` bytes, which are consumed. */
  take(size: number): number {
    const from = this.at;
    if (!(size <= this.bytes.length - from)) this.refuse(`${size} more bytes`, `${this.bytes.length - from}`);
    this.at = from + size;
    return from;
  }

  byte(): number {
    return this.view.getUint8(this.take(1));
  }

  word(): number {
    return this.view.getUint16(this.take(2), true);
  }

  long(): number {
    return this.view.getUint32(this.take(4), true);
  }

  signed(): number {
    return this.view.getInt32(this.take(4), true);
  }

  /** A 64-bit size; beyond 2^53 it exceeds any file, so `take` refuses it. */
  huge(): number {
    return Number(this.view.getBigUint64(this.take(8), true));
  }

  float(): number {
    return this.view.getFloat64(this.take(8), false);
  }

  /** Little-endian two's complement. */
  integer(size: number): number | bigint {
    if (size > MAX_INTEGER) this.refuse(`an integer of at most ${MAX_INTEGER} bytes`, `one of ${size}`);
    let digits = '';
    for (const byte of this.literal(size)) digits = byte.toString(16).padStart(2, '0') + digits;
    const signed = BigInt.asIntN(8 * size, BigInt(`0x${digits || 0}`));
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }

  raw(size: number): Uint8Array {
    const from = this.take(size);
    return this.bytes.subarray(from, from + size);
  }

  text(size: number): string {
    const bytes = this.literal(size);
    try {
      return this.decoder.decode(bytes);
    } catch {
      return this.refuse('text in UTF-8', 'other bytes');
    }
  }

  /** A Python 2 text, one character per byte. */
  latin(size: number): string {
    const bytes = this.literal(size);
    let text = '';
    for (let i = 0; i < bytes.length; i += LATIN_SLICE)
      text += String.fromCharCode(...bytes.subarray(i, i + LATIN_SLICE));
    return text;
  }

  private literal(size: number): Uint8Array {
    this.literals += size;
    if (this.literals > MAX_LITERALS)
      this.refuse(`at most ${MAX_LITERALS / 1e6} MB of texts and integers`, 'more');
    return this.raw(size);
  }

  line(): string {
    const limit = Math.min(this.bytes.length, this.at + MAX_NAME);
    let end = this.at;
    while (end < limit && this.bytes[end] !== NEWLINE) end++;
    if (end === limit) this.refuse(`a name of at most ${MAX_NAME} bytes and a line feed`, 'none');
    const text = this.text(end - this.at);
    this.take(1);
    return text;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) this.refuse('a value on the stack', 'none');
    return this.stack.pop() as PickleValue;
  }

  /** The topmost value, not removed. */
  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark(): void {
    if (this.marks.length >= MAX_MARKS) this.refuse(`at most ${MAX_MARKS} open marks`, 'more');
    this.marks.push(this.stack.length);
  }

  /** Removes and returns everything above the last mark. */
  toMark(): PickleValue[] {
    const height = this.marks.pop();
    return height === undefined ? this.refuse('a mark on the stack', 'none') : this.stack.splice(height);
  }

  /** Drops the topmost value, or the last mark if it has nothing above it. */
  drop(): void {
    if (this.marks.at(-1) === this.stack.length) this.marks.pop();
    else this.pop();
  }

  put(index: number): void {
    this.memo.set(index, this.top());
  }

  memoize(): void {
    this.put(this.memo.size);
  }

  get(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) this.refuse('a value that was stored before', `number ${index}, which was not`);
    else this.push(value);
  }

  tuple(size: number): void {
    const items: PickleValue[] = [];
    for (let i = 0; i < size; i++) items.unshift(this.pop());
    this.push(items);
  }

  setItems(pairs: readonly PickleValue[]): void {
    const target = this.top();
    const entries = target instanceof PickleObject ? target.entries : target;
    if (pairs.length % 2 !== 0) this.refuse('a value for every key', 'a key without one');
    if (entries instanceof Map)
      for (let i = 0; i < pairs.length; i += 2)
        entries.set(pairs[i] as PickleValue, pairs[i + 1] as PickleValue);
    else this.refuse('a dict to put items into', describeValue(target));
  }

  append(values: readonly PickleValue[]): void {
    const target = this.top();
    const items = target instanceof PickleObject ? target.items : target;
    if (Array.isArray(items)) for (const value of values) items.push(value);
    else this.refuse('a list to append to', describeValue(target));
  }

  add(values: readonly PickleValue[]): void {
    const target = this.top();
    if (target instanceof PickleObject) this.append(values);
    else if (target instanceof Set) for (const value of values) target.add(value);
    else this.refuse('a set to add to', describeValue(target));
  }

  global(module: PickleValue, name: PickleValue): void {
    if (typeof module === 'string' && typeof name === 'string' && module.length + name.length <= 2 * MAX_NAME)
      this.push(new PickleGlobal(`${module}.${name}`));
    else this.refuse('the names of a module and of something in it', describeValue(module));
  }

  /** Records the call that Python would make here. */
  call(callable: PickleValue, args: PickleValue): void {
    if (Array.isArray(args)) this.push(new PickleObject(callable, args));
    else this.refuse('a tuple of arguments', describeValue(args));
  }

  /** Records the state that Python would set on an object here. */
  build(state: PickleValue): void {
    const target = this.top();
    if (target instanceof PickleObject) target.state = state;
  }
}

type Operation = (m: Machine) => void;

/**
 * Names and codes as in Python's `pickletools`. Operations that are missing here (protocols 0 and 1, extensions, out-of-band
 * buffers) do not occur in files of PyTorch.
 */
const OPERATIONS: (Operation | undefined)[] = [];
const define = (code: number | string, operation: Operation): void => {
  OPERATIONS[typeof code === 'string' ? code.charCodeAt(0) : code] = operation;
};

const STOP = '.'.charCodeAt(0);

// PROTO, FRAME: protocols differ in the operations they use; frames only give the size to read ahead.
define(0x80, (m) => {
  const protocol = m.byte();
  if (protocol < 2 || protocol > 5) m.refuse('pickle protocol 2 to 5', `${protocol}`);
});
define(0x95, (m) => void m.huge());

// NONE, NEWTRUE, NEWFALSE
define('N', (m) => m.push(null));
define(0x88, (m) => m.push(true));
define(0x89, (m) => m.push(false));

// BININT, BININT1, BININT2, LONG1, LONG4, BINFLOAT
define('J', (m) => m.push(m.signed()));
define('K', (m) => m.push(m.byte()));
define('M', (m) => m.push(m.word()));
define(0x8a, (m) => m.push(m.integer(m.byte())));
define(0x8b, (m) => m.push(m.integer(m.long())));
define('G', (m) => m.push(m.float()));

// BINUNICODE, SHORT_BINUNICODE, BINUNICODE8, BINSTRING, SHORT_BINSTRING
define('X', (m) => m.push(m.text(m.long())));
define(0x8c, (m) => m.push(m.text(m.byte())));
define(0x8d, (m) => m.push(m.text(m.huge())));
define('T', (m) => m.push(m.latin(m.long())));
define('U', (m) => m.push(m.latin(m.byte())));

// BINBYTES, SHORT_BINBYTES, BINBYTES8, BYTEARRAY8
define('B', (m) => m.push(m.raw(m.long())));
define('C', (m) => m.push(m.raw(m.byte())));
define(0x8e, (m) => m.push(m.raw(m.huge())));
define(0x96, (m) => m.push(m.raw(m.huge())));

// MARK, POP, POP_MARK, DUP
define('(', (m) => m.mark());
define('0', (m) => m.drop());
define('1', (m) => void m.toMark());
define('2', (m) => m.push(m.top()));

// BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
define('q', (m) => m.put(m.byte()));
define('r', (m) => m.put(m.long()));
define(0x94, (m) => m.memoize());
define('h', (m) => m.get(m.byte()));
define('j', (m) => m.get(m.long()));

// EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3, TUPLE
define(')', (m) => m.push([]));
define(0x85, (m) => m.tuple(1));
define(0x86, (m) => m.tuple(2));
define(0x87, (m) => m.tuple(3));
define('t', (m) => m.push(m.toMark()));

// EMPTY_LIST, LIST, APPEND, APPENDS
define(']', (m) => m.push([]));
define('l', (m) => m.push(m.toMark()));
define('a', (m) => m.append([m.pop()]));
define('e', (m) => m.append(m.toMark()));

// EMPTY_DICT, DICT, SETITEM, SETITEMS
define('}', (m) => m.push(new Map()));
define('d', (m) => {
  const items = m.toMark();
  m.push(new Map());
  m.setItems(items);
});
define('s', (m) => {
  const value = m.pop();
  m.setItems([m.pop(), value]);
});
define('u', (m) => m.setItems(m.toMark()));

// EMPTY_SET, ADDITEMS, FROZENSET
define(0x8f, (m) => m.push(new Set()));
define(0x90, (m) => m.add(m.toMark()));
define(0x91, (m) => m.push(new Set(m.toMark())));

// GLOBAL, STACK_GLOBAL
define('c', (m) => m.global(m.line(), m.line()));
define(0x93, (m) => {
  const name = m.pop();
  m.global(m.pop(), name);
});

// REDUCE, NEWOBJ, NEWOBJ_EX, OBJ, INST, BUILD
const reduce: Operation = (m) => {
  const args = m.pop();
  m.call(m.pop(), args);
};
define('R', reduce);
define(0x81, reduce);
define(0x92, (m) => {
  m.pop();
  reduce(m);
});
define('o', (m) => {
  const [callable = null, ...args] = m.toMark();
  m.call(callable, args);
});
define('i', (m) => {
  m.global(m.line(), m.line());
  const callable = m.pop();
  m.call(callable, m.toMark());
});
define('b', (m) => m.build(m.pop()));

// BINPERSID
define('Q', (m) => m.push(new PickleReference(m.pop())));
