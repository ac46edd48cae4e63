// Files written by PyTorch (data/make.py), files that only resemble them, and damaged ones.
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { WorkbenchError } from '../core/errors.ts';
import { readWeights } from './readWeights.ts';
import type { NamedTensor } from './safetensors.ts';
import {
  bytesOf,
  dict,
  global,
  int,
  reduce,
  stateDict,
  storageOf,
  type TensorOptions,
  tensor,
  text,
  torchFile,
  torchFileOf,
  tuple,
  zip,
} from './testing.ts';

const file = (name: string): Uint8Array => readFileSync(new URL(`./data/${name}`, import.meta.url));
const held: Record<string, Record<string, { shape: number[]; data: number[] }>> = JSON.parse(
  new TextDecoder().decode(file('held.json')),
);
const plain = (tensors: readonly NamedTensor[]) =>
  Object.fromEntries(tensors.map(({ name, shape, data }) => [name, { shape, data: [...data] }]));

describe('files of PyTorch', () => {
  it.each(['state_dict.pt', 'protocol5.pt', 'kinds.pt'])('%s gives its tensors', (name) => {
    expect(readWeights(file(name), name)).toMatchObject({ tensors: expect.anything(), notes: [] });
    expect(plain(readWeights(file(name), name).tensors)).toEqual(held[name]);
  });

  it.each([
    ['checkpoint.pth', 'read from model_state_dict, leaving aside epoch, loss, optimizer'],
    ['lightning.ckpt', /^The weights are read from state_dict, leaving aside epoch, .* and 1 more\.$/],
  ])('%s gives its state_dict and says where it was', (name, note) => {
    const { tensors, notes } = readWeights(file(name), name);
    expect(plain(tensors)).toEqual(held[name]);
    expect(notes).toEqual([{ code: 'weights-place', text: expect.stringMatching(note) }]);
  });

  it.each([
    ['legacy.pt', /a file of PyTorch before 1\.6 .*torch\.save\(torch\.load\("file"/],
    [
      'module.pt',
      /a state_dict at the top.*got an object of __main__\.Net.*torch\.save\(model\.state_dict\(\)/,
    ],
    ['script.pt', /a TorchScript program.*torch\.jit\.load\("file"\)\.state_dict\(\)/],
    ['sparse.pt', /weight: expected a dense tensor, got .*_rebuild_sparse_tensor.*to_dense/],
  ])('%s is refused with what to do', (name, message) => {
    expect(() => readWeights(file(name), name)).toThrow(message);
  });
});

const six = Float32Array.of(1, 2, 3, 4, 5, 6);
const fileOf = (options: TensorOptions, storage = storageOf(six)) =>
  torchFile(stateDict([['w', tensor(options)]]), [storage]);
const readOne = (bytes: Uint8Array) => [...(readWeights(bytes, 'w.pt').tensors[0]?.data ?? [])];

describe('tensors', () => {
  it('lie in their storage as offset and strides say', () => {
    expect(readOne(fileOf({ numbers: 6, shape: [3, 2], strides: [1, 3] }))).toEqual([1, 4, 2, 5, 3, 6]);
    expect(readOne(fileOf({ numbers: 6, offset: 4, shape: [2, 2], strides: [0, 1] }))).toEqual([5, 6, 5, 6]);
    expect(readOne(fileOf({ numbers: 6, offset: 5, shape: [] }))).toEqual([6]);
    expect(readOne(fileOf({ numbers: 6, offset: 9, shape: [3, 0] }))).toEqual([]);
  });

  it('follow the byte order of the file', () => {
    const storage = bytesOf(0xc0, 0x20, 0, 0, 0x3f, 0x80, 0, 0);
    const body = stateDict([['w', tensor({ numbers: 2, shape: [2] })]]);
    expect(readOne(torchFile(body, [storage], 'big'))).toEqual([-2.5, 1]);
    expect(() => readWeights(torchFile(body, [storage], 'middle'), 'w.pt')).toThrow(/little or big/);
  });

  it('are read the same where the shape is a torch.Size', () => {
    const size = reduce(global('torch', 'Size'), tuple(int(2)));
    const storage = tuple(text('storage'), global('torch', 'FloatStorage'), text('0'), text('cpu'), int(6));
    const v2 = global('torch._utils', '_rebuild_tensor_v2');
    const rebuilt = reduce(v2, bytesOf(storage, 'Q'), int(1), size, tuple(int(1)));
    expect(readOne(torchFile(stateDict([['w', rebuilt]]), [storageOf(six)]))).toEqual([2, 3]);
  });

  it.each<[string, TensorOptions, RegExp]>([
    [
      'beyond its storage',
      { numbers: 6, shape: [7] },
      /w: expected numbers within its storage of 6, got number 6/,
    ],
    ['beyond it by strides', { numbers: 6, shape: [2, 2], strides: [5, 1] }, /got number 6/],
    ['beyond it by an offset', { numbers: 6, offset: 6, shape: [] }, /got number 6/],
    ['larger than any memory', { numbers: 6, shape: [2e9, 2e9], strides: [0, 0] }, /at most \d+ numbers/],
    ['repeated too often', { numbers: 6, shape: [3_000_000], strides: [0] }, /at most \d+ numbers/],
    ['with a negative size', { numbers: 6, shape: [-1], strides: [1] }, /whole numbers/],
    ['with a negative stride', { numbers: 6, offset: 5, shape: [6], strides: [-1] }, /whole numbers/],
    ['with a stride too few', { numbers: 6, shape: [2, 3], strides: [3] }, /whole numbers/],
    ['with more axes than PyTorch has', { numbers: 6, shape: new Array(65).fill(1) }, /whole numbers/],
    ['longer than its entry', { numbers: 7, shape: [1] }, /a storage of 7 numbers, got one of 24 bytes/],
    ['without its entry', { key: '../../data.pkl', numbers: 1, shape: [1] }, /no entry data\/\.\./],
    ['of complex numbers', { storage: 'ComplexFloatStorage', numbers: 1, shape: [1] }, /got torch\.Complex/],
    ['of a type that every object has', { storage: 'constructor', numbers: 1, shape: [1] }, /torch\.constr/],
  ])('%s are refused', (_what, options, message) => {
    expect(() => readWeights(fileOf(options), 'w.pt')).toThrow(message);
  });

  it('are refused where what stands for one is not', () => {
    const refused = (value: Uint8Array) => () =>
      readWeights(torchFile(stateDict([['w', value]]), []), 'w.pt');
    const v2 = global('torch._utils', '_rebuild_tensor_v2');
    expect(refused(reduce(v2))).toThrow(/w: expected a storage, got None/);
    expect(refused(reduce(v2, bytesOf(int(1), 'Q')))).toThrow(/w: expected a storage, got a reference/);
    expect(refused(reduce(global('torch._utils', '_rebuild_parameter'), int(1)))).toThrow(/got the number 1/);
  });
});

describe('checkpoints', () => {
  const w = tensor({ numbers: 6, shape: [6] });
  const names = (value: Uint8Array) =>
    readWeights(torchFile(value, [storageOf(six)]), 'w.pt').tensors.map((t) => t.name);

  it.each(['state_dict', 'model_state_dict', 'model', 'model_state'])(
    'may keep tensors under %s',
    (place) => {
      expect(names(dict([[place, stateDict([['w', w]])]]))).toEqual(['w']);
      // A tensor beside the model is not part of it.
      expect(
        names(
          dict([
            ['loss', w],
            [place, dict([['w', w]])],
          ]),
        ),
      ).toEqual(['w']);
    },
  );

  it('keep names like those of every object', () => {
    expect(
      names(
        stateDict([
          ['__proto__', w],
          ['constructor', w],
        ]),
      ),
    ).toEqual(['__proto__', 'constructor']);
  });

  it.each([
    ['no dict', int(1), /contents: expected a state_dict at the top.*got the number 1/],
    ['nothing', dict([]), /got a dict with nothing/],
    [
      'other things',
      dict([
        ['a', int(1)],
        ['b', text('c')],
      ]),
      /got a dict with a, b/,
    ],
    [
      'a whole model',
      dict([['model', reduce(global('__main__', 'Net'))]]),
      /model: .*got an object of __main__\.Net/,
    ],
    [
      'more than tensors',
      stateDict([
        ['w', w],
        ['step', int(3)],
      ]),
      /step: expected a dense tensor, got the number 3/,
    ],
    ['a number as a name', bytesOf('}', int(1), w, 's'), /names of at most 1000 letters, got the number 1/],
    ['a name without end', stateDict([['n'.repeat(2000), w]]), /names of at most 1000 letters/],
  ])('with %s are refused', (_what, value, message) => {
    expect(() => names(value)).toThrow(message);
  });
});

describe('a hostile file', () => {
  const mark = '/tmp/multitab-pickle-ran';
  afterEach(() => expect(existsSync(mark)).toBe(false));
  const attack = reduce(global('os', 'system'), text(`touch ${mark}`));
  const w = tensor({ numbers: 6, shape: [6] });

  it('does nothing beside the weights', () => {
    const bytes = torchFile(
      dict([
        ['state_dict', stateDict([['w', w]])],
        ['hyper_parameters', attack],
      ]),
      [storageOf(six)],
    );
    expect(readOne(bytes)).toEqual([...six]);
  });

  it('does nothing in place of a tensor, and is named', () => {
    const bytes = torchFile(
      stateDict([
        ['w', w],
        ['x', attack],
      ]),
      [storageOf(six)],
    );
    expect(() => readWeights(bytes, 'w.pt')).toThrow(
      /w\.pt, x: expected a dense tensor, got an object of os\.system, which was neither run nor built/,
    );
    expect(() => readWeights(torchFile(attack, []), 'w.pt')).toThrow(/got an object of os\.system/);
  });
});

describe('other files', () => {
  it.each([
    [
      'an archive of something else',
      zip([['model.json', bytesOf('{}')]]),
      /archive: .*got an archive with model\.json/,
    ],
    [
      'two folders',
      zip([
        ['a/data.pkl', bytesOf()],
        ['b/data.pkl', bytesOf()],
      ]),
      /got a\/data\.pkl and b\/data\.pkl/,
    ],
    ['a bare pickle', bytesOf(0x80, 4, 'N.', 'more than eight'), /got a bare pickle, which is not opened/],
    ['text', bytesOf('hello, world, this is text'), /format: .*got neither of them/],
    ['nothing', bytesOf(), /format: .*got neither of them/],
  ])('%s is refused', (_what, bytes, message) => {
    expect(() => readWeights(bytes, 'w.pt')).toThrow(message);
  });
});

describe('damaged files', () => {
  const sources = ['state_dict.pt', 'kinds.pt', 'lightning.ckpt'].map(file);
  sources.push(torchFileOf([{ name: 'w', shape: [2, 3], data: six }]));

  /** Expects tensors or a refusal; the test's time limit ensures that it ends. */
  const holds = (bytes: Uint8Array): void => {
    try {
      for (const { shape, data } of readWeights(bytes, 'w.pt').tensors)
        expect(data).toHaveLength(shape.reduce((a, b) => a * b, 1));
    } catch (error) {
      if (!(error instanceof WorkbenchError)) throw error;
      expect(error.message).toMatch(/^w\.pt, .*: expected .*, got /s);
    }
  };

  it('give tensors or a refusal, cut off anywhere', () => {
    for (const source of sources)
      for (let end = 0; end < source.length; end += 7) holds(source.subarray(0, end));
  });

  it('give tensors or a refusal, whatever the bytes', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.constantFrom(...sources), changes, (source, list) => {
        const bytes = Uint8Array.from(source);
        for (const [at, value] of list) bytes[at % bytes.length] = value;
        holds(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('give tensors or a refusal, whatever the pickle', () => {
    const codes = [...'.(012NJKMGXTUBCqrhj)t]lae}dsucRoibQ'].map((c) => c.charCodeAt(0));
    const byte = fc.oneof(
      fc.constantFrom(...codes, ...[0x80, 0x81, 0x85, 0x86, 0x87, 0x88, 0x8a, 0x8f, 0x90, 0x92, 0x93, 0x94]),
      fc.integer({ min: 0, max: 255 }),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), (program) => {
        holds(torchFile(Uint8Array.from(program), [storageOf(six)]));
      }),
      { numRuns: 2000 },
    );
  });
});
