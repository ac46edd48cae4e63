import { describe, expect, it } from 'vitest';
import { refusalOf } from '../core/refusal.ts';
import { readPickle } from './pickle.ts';
import { describeValue, PickleGlobal, PickleObject, PickleReference } from './pickleValues.ts';
import {
  bytesOf,
  dict,
  global,
  int,
  type Part,
  pickle,
  reduce,
  stateDict,
  text,
  tuple,
  uint,
} from './testing.ts';

const read = (bytes: Uint8Array) => readPickle(bytes, 'data.pkl', refusalOf('f.pt', 'Do it again.'));
const value = (...parts: Part[]) => read(pickle(bytesOf(...parts)));
/** A pickle written by Python, in hexadecimal. */
const python = (hex: string) => read(Uint8Array.from(Buffer.from(hex, 'hex')));

describe('a pickle', () => {
  it('is read as plain values', () => {
    const parts = [
      ['N', null],
      [bytesOf(0x88), true],
      [bytesOf('K', 200), 200],
      [bytesOf('M', 1, 2), 513],
      [bytesOf('J', uint(2 ** 32 - 5, 4)), -5],
      [bytesOf(0x8a, 0), 0],
      [bytesOf(0x8a, 2, 0, 0xff), -256],
      [bytesOf(0x8a, 9, new Uint8Array(8), 1), 2n ** 64n],
      [bytesOf(0x8b, uint(1, 4), 7), 7],
      [bytesOf('G', 0x3f, 0xf8, new Uint8Array(6)), 1.5],
      [text('naïve ☃'), 'naïve ☃'],
      [bytesOf('U', 1, 0xe9), 'é'],
      [bytesOf('C', 2, 0, 255), Uint8Array.of(0, 255)],
      [tuple(int(1), int(2)), [1, 2]],
      [bytesOf(int(1), int(2), int(3), 0x87), [1, 2, 3]],
      [bytesOf(']', int(1), 'a(', int(2), int(3), 'e'), [1, 2, 3]],
      [bytesOf('(', int(1), int(2), 'd'), new Map([[1, 2]])],
      [bytesOf('}', text('a'), int(1), 's'), new Map([['a', 1]])],
      [bytesOf(0x8f, '(', int(1), int(1), 0x90), new Set([1])],
      [bytesOf('(', int(1), 0x91), new Set([1])],
      [bytesOf(int(7), int(8), '0'), 7],
      [bytesOf(int(7), '(', int(8), '1'), 7],
      [bytesOf(int(7), '2', 0x86), [7, 7]],
      [bytesOf(text('x'), 'q', 3, 'h', 3, 0x86), ['x', 'x']],
    ] as const;
    for (const [bytes, expected] of parts) expect(value(bytes)).toEqual(expected);
  });

  // pickle.dumps({"a": [1.5, (True, None)], "b": 7, "d": 2**70}, protocol).hex()
  it('of every protocol from 2 on is the same', () => {
    const expected = new Map<string, unknown>([
      ['a', [1.5, [true, null]]],
      ['b', 7],
      ['d', 2n ** 70n],
    ]);
    const dumps = [
      '80027d71002858010000006171015d710228473ff8000000000000884e8671036558010000006271044b0758010000006471058a09000000000000000040752e',
      '80037d71002858010000006171015d710228473ff8000000000000884e8671036558010000006271044b0758010000006471058a09000000000000000040752e',
      '8004952f000000000000007d94288c0161945d9428473ff8000000000000884e8694658c0162944b078c0164948a09000000000000000040752e',
      '8005952f000000000000007d94288c0161945d9428473ff8000000000000884e8694658c0162944b078c0164948a09000000000000000040752e',
    ];
    for (const dump of dumps) expect(python(dump)).toEqual(expected);
  });

  it('keeps names like those of every object to itself', () => {
    const got = value(
      dict([
        ['__proto__', dict([['polluted', int(1)]])],
        ['constructor', int(2)],
      ]),
    );
    expect(got).toBeInstanceOf(Map);
    expect((got as Map<string, unknown>).get('constructor')).toBe(2);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('runs nothing and builds nothing', () => {
    const got = value(
      reduce(global('os', 'system'), text('touch /tmp/pwned')),
      dict([['__setstate__', int(1)]]),
      'b',
    ) as PickleObject;
    expect(got).toBeInstanceOf(PickleObject);
    expect([got.name, got.args, got.state]).toEqual([
      'os.system',
      ['touch /tmp/pwned'],
      new Map([['__setstate__', 1]]),
    ]);
    expect(describeValue(got)).toBe('an object of os.system, which was neither run nor built');
    // Calls whose function is itself the result of a call, by OBJ, INST, NEWOBJ and NEWOBJ_EX.
    const nested = value(reduce(reduce(global('builtins', 'getattr'), text('x')), int(1))) as PickleObject;
    expect([nested.name, (nested.callable as PickleObject).name]).toEqual(['', 'builtins.getattr']);
    for (const made of [
      bytesOf('(', global('os', 'system'), int(1), 'o'),
      bytesOf('(', int(1), 'ios\nsystem\n'),
      bytesOf(global('os', 'system'), tuple(int(1)), 0x81),
      bytesOf(global('os', 'system'), tuple(int(1)), '}', 0x92),
      bytesOf(text('os'), text('system'), 0x93, tuple(int(1)), 'R'),
    ]) {
      const object = value(made) as PickleObject;
      expect([object.name, object.args]).toEqual(['os.system', [1]]);
    }
  });

  it('keeps what is put into objects, and references to what lies outside', () => {
    const got = value(stateDict([['w', bytesOf(tuple(text('storage')), 'Q')]])) as PickleObject;
    expect(got.name).toBe('collections.OrderedDict');
    expect([...got.entries]).toEqual([['w', new PickleReference(['storage'])]]);
    const list = value(reduce(global('collections', 'deque')), '(', int(1), 'e', int(2), 'a') as PickleObject;
    expect(list.items).toEqual([1, 2]);
    expect(value(global('torch', 'float32'))).toEqual(new PickleGlobal('torch.float32'));
  });

  it('may be nested deeper than functions can call each other', () => {
    const depth = 400_000;
    const got = value(']'.repeat(depth), 'a'.repeat(depth - 1));
    let levels = 0;
    for (let list = got; Array.isArray(list) && list.length > 0; list = list[0] ?? null) levels++;
    expect(levels).toBe(depth - 1);
  });

  it('may hold itself', () => {
    const got = value(']q', 0, 'h', 0, 'a') as unknown[];
    expect(got[0]).toBe(got);
  });

  it.each([
    ['nothing', new Uint8Array(), /f\.pt, data\.pkl, byte 0: expected a pickle of protocol 2 to 5/],
    ['protocol 0', bytesOf('I1\n.'), /byte 0/],
    ['protocol 6', bytesOf(0x80, 6, 'N.'), /byte 0: .*got 6/],
    ['no end', bytesOf(0x80, 2, 'N'), /byte 3: expected 1 more bytes, got 0/],
    ['nothing on the stack', pickle(bytesOf()), /byte 2: expected a value on the stack/],
    ['a value below a mark', pickle(bytesOf('N(a')), /byte 4: expected a value on the stack/],
    ['no mark', pickle(bytesOf('t')), /a mark on the stack/],
    ['an operation of its own', pickle(bytesOf('N', 0xff)), /byte 3: .*byte 0xff/],
    ['an extension', pickle(bytesOf(0x82, 1)), /byte 0x82/],
    [
      'text that is cut off',
      bytesOf(0x80, 2, 'X', uint(1000, 4), 'abc'),
      /byte 2: expected 1000 more bytes, got 3/,
    ],
    ['text longer than all', pickle(bytesOf(0x8d, uint(2 ** 52, 8))), /at most 16 MB/],
    ['text that is none', pickle(bytesOf('X', uint(1, 4), 0xff)), /text in UTF-8/],
    ['a name without end', pickle(bytesOf('c', 'x'.repeat(2000))), /a name of at most 1000 bytes/],
    ['a name that is a number', pickle(bytesOf(int(1), int(2), 0x93)), /the names of a module/],
    ['a long integer', pickle(bytesOf(0x8b, uint(5000, 4))), /an integer of at most 1024 bytes/],
    [
      'much text of Python 2',
      pickle(
        bytesOf(
          ...Array.from({ length: 4 }, () => [
            'T',
            uint(5_000_000, 4),
            new Uint8Array(5_000_000),
            '0',
          ]).flat(),
        ),
      ),
      /at most 16 MB of texts and integers/,
    ],
    [
      'many long integers',
      pickle(
        bytesOf(
          ...Array.from({ length: 16_000 }, () => [0x8b, uint(1024, 4), new Uint8Array(1024), '0']).flat(),
        ),
      ),
      /at most 16 MB of texts and integers/,
    ],
    ['a value never stored', pickle(bytesOf('h', 9)), /number 9, which was not/],
    ['a key without a value', pickle(bytesOf('}(', int(1), 'u')), /a value for every key/],
    [
      'items for a number',
      pickle(bytesOf(int(1), '(', int(1), int(2), 'u')),
      /a dict to put items into, got the number 1/,
    ],
    ['items for a dict', pickle(bytesOf('}(', int(1), 'e')), /a list to append to, got a dict/],
    ['items for text', pickle(bytesOf(text(''), '(', int(1), 0x90)), /a set to add to, got text/],
    ['a call without a tuple', pickle(bytesOf(global('a', 'b'), int(1), 'R')), /a tuple of arguments/],
    ['too many marks', pickle(bytesOf('('.repeat(20_000))), /at most 10000 open marks/],
    ['too many values', pickle(bytesOf('N'.repeat(1_100_000))), /at most 1000000 values/],
    ['too many operations', pickle(bytesOf('N0'.repeat(1_100_000))), /at most 2000000 operations/],
  ])('is refused with %s', (_what, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
  });
});
