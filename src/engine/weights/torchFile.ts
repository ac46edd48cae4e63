// Reads the tensors of a `torch.save` file: a zip archive with a pickle that describes them, and an entry of raw numbers per
// storage. Follows `torch/serialization.py` and `torch/_utils.py` of PyTorch 1.6 to 2.13. Files are untrusted: of the names in
// the pickle only those of storages, number types and functions that rebuild tensors are recognised, nothing is executed, and
// every size, stride and offset is checked against the available bytes.
import type { Note } from '../core/notes.ts';
import { type Refuse, refusalOf } from '../core/refusal.ts';
import { readZip } from '../core/zip.ts';
import { collectNumbers, NUMBER_TYPES, type NumberType, type NumberTypeName } from './numberTypes.ts';
import { readPickle } from './pickle.ts';
import {
  describeValue,
  PickleGlobal,
  PickleObject,
  PickleReference,
  type PickleValue,
} from './pickleValues.ts';
import type { NamedTensor } from './safetensors.ts';

/** Weights of a file, and notes on where they were found. */
export interface WeightsFile {
  tensors: NamedTensor[];
  /** Texts stored beside the tensors, if the format has them. */
  metadata: ReadonlyMap<string, string>;
  notes: Note[];
}

const SAVE_AGAIN = 'Save the state_dict alone, in Python with torch.save(model.state_dict(), "weights.pt").';
const SAVE_DENSE =
  'Save plain tensors, in Python with torch.save({k: v.to_dense().float().cpu() for k, v in model.state_dict().items()}, "weights.pt").';
const SAVE_FROM_SCRIPT =
  'Save its tensors, in Python with torch.save(torch.jit.load("file").state_dict(), "weights.pt").';

/** Keys under which training scripts and Lightning store the state_dict in a checkpoint. */
const PLACES = ['state_dict', 'model_state_dict', 'model', 'model_state'];

/** Maximum numbers per byte of the file: tensors may share a storage, or repeat one number over a whole shape. */
const MAX_REPEAT = 4;
const MIN_NUMBERS = 1_000_000;
const MAX_NAME = 1000;
const MAX_PICKLE = 100_000_000;
/** As in PyTorch. */
const MAX_RANK = 64;

const STORAGES: ReadonlyMap<string, NumberTypeName> = new Map([
  ['torch.DoubleStorage', 'F64'],
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
  // An untyped storage; the tensor gives its type.
  ['torch.storage.UntypedStorage', 'U8'],
]);

const DTYPES: ReadonlyMap<string, NumberTypeName> = new Map([
  ['torch.float64', 'F64'],
  ['torch.float32', 'F32'],
  ['torch.float16', 'F16'],
  ['torch.bfloat16', 'BF16'],
  ['torch.int64', 'I64'],
  ['torch.int32', 'I32'],
  ['torch.int16', 'I16'],
  ['torch.int8', 'I8'],
  ['torch.uint64', 'U64'],
  ['torch.uint32', 'U32'],
  ['torch.uint16', 'U16'],
  ['torch.uint8', 'U8'],
  ['torch.bool', 'BOOL'],
]);

const TENSOR = 'torch._utils._rebuild_tensor_v2';
const TENSOR_OF_TYPE = 'torch._utils._rebuild_tensor_v3';
const PARAMETERS = new Set(['torch._utils._rebuild_parameter', 'torch._utils._rebuild_parameter_with_state']);
const DICTS = new Set(['collections.OrderedDict', 'collections.defaultdict']);

/**
 * The state_dict of a file, alone or within a checkpoint, as float32.
 * @throws WorkbenchError (file) that says what the file holds instead, and the Python code that saves it in a readable form
 */
export function readTorchFile(bytes: Uint8Array, fileName: string): WeightsFile {
  const refuse = refusalOf(fileName, SAVE_AGAIN);
  const archive = openArchive(bytes, refuse);
  const { dict, notes } = findStateDict(archive.root, refuse);
  const reader = new TensorReader(archive, MAX_REPEAT * bytes.length + MIN_NUMBERS, refuse);
  const tensors = [...dict].map(([key, value]): NamedTensor => {
    if (typeof key !== 'string' || key.length > MAX_NAME)
      return refuse('state_dict', `names of at most ${MAX_NAME} letters`, describeValue(key));
    return reader.read(key, value);
  });
  return { tensors, metadata: new Map(), notes };
}

interface Archive {
  root: PickleValue;
  littleEndian: boolean;
  /** Bytes of a storage, or undefined. */
  storage(key: string): Uint8Array | undefined;
}

function openArchive(bytes: Uint8Array, refuse: Refuse): Archive {
  const { names, read } = readZip(bytes, refuse);
  const [pickle, second] = names.filter((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickle === undefined || second !== undefined) {
    const found = pickle === undefined ? `an archive with ${listed(names)}` : `${pickle} and ${second}`;
    return refuse('archive', 'data.pkl in the one folder of a file that torch.save wrote', found);
  }
  const folder = pickle.slice(0, -'data.pkl'.length);
  if (names.includes(`${folder}constants.pkl`))
    refuse('archive', 'a file that torch.save wrote', 'a TorchScript program', SAVE_FROM_SCRIPT);
  const content = read(pickle) as Uint8Array;
  if (content.length > MAX_PICKLE)
    refuse(pickle, `at most ${MAX_PICKLE / 1e6} MB`, `${(content.length / 1e6).toFixed(0)} MB`);
  const order = read(`${folder}byteorder`);
  const endian = order ? new TextDecoder().decode(order.subarray(0, 20)) : 'little';
  if (endian !== 'little' && endian !== 'big')
    refuse(`${folder}byteorder`, 'little or big', 'something else');
  return {
    root: readPickle(content, pickle, refuse),
    littleEndian: endian === 'little',
    storage: (key) => read(`${folder}data/${key}`),
  };
}

const LISTED = 8;

/** Some of the names, long ones truncated. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  const some = names.slice(0, LISTED).map((name) => (name.length > 60 ? `${name.slice(0, 60)}…` : name));
  return names.length > LISTED ? `${some.join(', ')} and ${names.length - LISTED} more` : some.join(', ');
}

type Dict = Map<PickleValue, PickleValue>;

const asDict = (value: PickleValue | undefined): Dict | null => {
  if (value instanceof Map) return value;
  return value instanceof PickleObject && DICTS.has(value.name) ? value.entries : null;
};

const keyText = (key: PickleValue): string => (typeof key === 'string' ? key : describeValue(key));

const isTensor = (value: PickleValue): boolean =>
  value instanceof PickleObject && /^torch\.(_utils|_tensor)\._rebuild_/.test(value.name);

const holdsTensors = (dict: Dict): boolean => [...dict.values()].some(isTensor);

/** Finds the dict of tensors, at the top or one level below. */
function findStateDict(root: PickleValue, refuse: Refuse): { dict: Dict; notes: Note[] } {
  const top = asDict(root);
  const expected = `a state_dict at the top, or under ${PLACES.join(', ')}`;
  if (!top) return refuse('contents', expected, describeValue(root));
  for (const place of PLACES) {
    const dict = asDict(top.get(place));
    if (!dict || !holdsTensors(dict)) continue;
    const rest = [...top.keys()].filter((key) => key !== place).map(keyText);
    const aside = rest.length > 0 ? `, leaving aside ${listed(rest)}` : '';
    return { dict, notes: [{ code: 'weights-place', text: `The weights are read from ${place}${aside}.` }] };
  }
  if (holdsTensors(top)) return { dict: top, notes: [] };
  const module = PLACES.find((place) => top.get(place) instanceof PickleObject && !asDict(top.get(place)));
  if (module) return refuse(module, 'a state_dict', describeValue(top.get(module) as PickleValue));
  const keys = [...top.keys()].map(keyText);
  return refuse('contents', expected, `a dict with ${listed(keys)}`);
}

/** A tensor as the pickle describes it. */
interface TensorRecord {
  type: NumberType;
  storage: Uint8Array;
  /** In numbers, as the strides are. */
  offset: number;
  shape: number[];
  strides: number[];
}

class TensorReader {
  private readonly archive: Archive;
  private readonly refuse: Refuse;
  private readonly limit: number;
  private numbers = 0;

  /** @param limit - maximum numbers of all tensors together */
  constructor(archive: Archive, limit: number, refuse: Refuse) {
    this.archive = archive;
    this.limit = limit;
    this.refuse = refuse;
  }

  read(name: string, value: PickleValue): NamedTensor {
    const { type, storage, offset, shape, strides } = this.describe(name, value);
    const count = sizeOf(shape);
    this.numbers += count;
    if (!(this.numbers <= this.limit))
      this.refuse(name, `at most ${this.limit} numbers in a file of this size`, `a shape of ${text(shape)}`);
    const last = shape.reduce((at, size, axis) => at + (size - 1) * (strides[axis] as number), offset);
    const available = Math.floor(storage.length / type.width);
    if (count > 0 && !(last < available))
      this.refuse(name, `numbers within its storage of ${available}`, `number ${last}`);
    const { littleEndian } = this.archive;
    const numbers = gather(type, storage, littleEndian, { offset, shape, strides, count });
    return { name, shape, ...numbers, ...(type.isWhole ? { integer: true } : {}) };
  }

  private describe(name: string, value: PickleValue): TensorRecord {
    const { refuse } = this;
    const parameter = value instanceof PickleObject && PARAMETERS.has(value.name) ? value.args[0] : undefined;
    const tensor = parameter ?? value;
    if (!(tensor instanceof PickleObject) || (tensor.name !== TENSOR && tensor.name !== TENSOR_OF_TYPE))
      return refuse(
        name,
        'a dense tensor',
        describeValue(tensor),
        isTensor(tensor) ? SAVE_DENSE : SAVE_AGAIN,
      );
    const [reference, offset, sizes, steps] = tensor.args;
    const { type, bytes } = this.storageOf(name, reference);
    const shape = countsOf(sizes);
    const strides = countsOf(steps);
    if (!isCount(offset) || !shape || !strides || shape.length !== strides.length || shape.length > MAX_RANK)
      return refuse(name, 'an offset, a shape and strides of whole numbers', 'something else');
    if (tensor.name === TENSOR) return { type, storage: bytes, offset, shape, strides };
    return { type: this.dtypeOf(name, tensor.args[6]), storage: bytes, offset, shape, strides };
  }

  /** @param reference - ('storage', class, key, device, size) */
  private storageOf(
    name: string,
    reference: PickleValue | undefined,
  ): { type: NumberType; bytes: Uint8Array } {
    const { refuse } = this;
    const id = reference instanceof PickleReference && Array.isArray(reference.id) ? reference.id : [];
    const [kind, storage, key, , size] = id;
    if (kind !== 'storage' || !(storage instanceof PickleGlobal) || typeof key !== 'string' || !isCount(size))
      return refuse(name, 'a storage', describeValue(reference ?? null));
    const typeName = STORAGES.get(storage.name);
    if (!typeName) return refuse(name, `numbers of ${kinds(STORAGES)}`, storage.name, SAVE_DENSE);
    const type = NUMBER_TYPES[typeName];
    const bytes = this.archive.storage(key);
    if (!bytes) return refuse(name, 'its storage in the archive', `no entry data/${key.slice(0, 60)}`);
    if (!(size * type.width <= bytes.length))
      refuse(name, `a storage of ${size} numbers`, `one of ${bytes.length} bytes`);
    return { type, bytes: bytes.subarray(0, size * type.width) };
  }

  private dtypeOf(name: string, dtype: PickleValue | undefined): NumberType {
    const typeName = dtype instanceof PickleGlobal ? DTYPES.get(dtype.name) : undefined;
    if (typeName) return NUMBER_TYPES[typeName];
    return this.refuse(name, `numbers of ${kinds(DTYPES)}`, describeValue(dtype ?? null), SAVE_DENSE);
  }
}

const kinds = (types: ReadonlyMap<string, string>) => [...types.keys()].join(', ');
const text = (shape: readonly number[]) => `[${shape.join(', ')}]`;
const isCount = (value: PickleValue | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** The product; 0 if any size is 0, whatever the others are. */
const sizeOf = (shape: readonly number[]) => (shape.includes(0) ? 0 : shape.reduce((a, b) => a * b, 1));

/** A tuple of integers, or a `torch.Size` of one. */
function countsOf(value: PickleValue | undefined): number[] | null {
  const items = value instanceof PickleObject && value.name === 'torch.Size' ? value.args[0] : value;
  return Array.isArray(items) && items.every(isCount) ? [...items] : null;
}

interface Layout {
  offset: number;
  shape: readonly number[];
  strides: readonly number[];
  count: number;
}

/** The numbers of a tensor in row-major order, whatever its strides. Bounds are checked already. */
function gather(type: NumberType, storage: Uint8Array, littleEndian: boolean, layout: Layout) {
  const { offset, shape, strides, count } = layout;
  const view = new DataView(storage.buffer, storage.byteOffset, storage.byteLength);
  const place = new Array<number>(shape.length).fill(0);
  let at = offset;
  return collectNumbers(count, () => {
    const value = type.read(view, at * type.width, littleEndian);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (place[axis] as number) + 1;
      at += strides[axis] as number;
      if (next < (shape[axis] as number)) {
        place[axis] = next;
        break;
      }
      place[axis] = 0;
      at -= next * (strides[axis] as number);
    }
    return value;
  });
}
