// LZ4 frames, a compression of Arrow files: frames of blocks, each of which may refer to earlier ones.
// https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md

const MAGIC = 0x184d2204;
const bad = (what: string) => new Error(`LZ4: ${what}`);

/** @throws Error if the frame is damaged */
export function decodeLz4Frame(input: Uint8Array): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (input.length < 7 || view.getUint32(0, true) !== MAGIC) throw bad('no frame');
  const flags = input[4] as number;
  const hasChecksum = (flags & 0x10) !== 0;
  const hasSize = (flags & 0x08) !== 0;
  let at = 7 + (hasSize ? 8 : 0) + (flags & 0x01 ? 4 : 0);
  const sink = new Sink(hasSize ? Number(view.getBigUint64(6, true)) : input.length * 4);
  for (;;) {
    if (at + 4 > input.length) throw bad('the frame is cut off');
    const head = view.getUint32(at, true);
    at += 4;
    if (head === 0) return sink.done();
    const size = head & 0x7fffffff;
    if (at + size > input.length) throw bad('a block is cut off');
    const block = input.subarray(at, at + size);
    if (head & 0x80000000) sink.append(block);
    else decodeBlock(block, sink);
    at += size + (hasChecksum ? 4 : 0);
  }
}

/** A growing output buffer. */
class Sink {
  private bytes: Uint8Array;
  private length = 0;

  constructor(expected: number) {
    // A damaged file may state any size; no more than this is allocated at once.
    this.bytes = new Uint8Array(Math.min(Math.max(64, expected), 2 ** 26));
  }

  append(part: Uint8Array): void {
    this.reserve(part.length);
    this.bytes.set(part, this.length);
    this.length += part.length;
  }

  /** Copies earlier output; source and destination may overlap. */
  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.length) throw bad('a match lies before the start');
    this.reserve(count);
    for (let i = 0; i < count; i++)
      this.bytes[this.length + i] = this.bytes[this.length + i - distance] as number;
    this.length += count;
  }

  done = (): Uint8Array => this.bytes.slice(0, this.length);

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.length + count, this.bytes.length * 2));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

function decodeBlock(block: Uint8Array, sink: Sink): void {
  let at = 0;
  const next = () => {
    if (at >= block.length) throw bad('a block is cut off');
    return block[at++] as number;
  };
  const lengthFrom = (nibble: number) => {
    let length = nibble;
    if (nibble === 15)
      for (let more = 255; more === 255; ) {
        more = next();
        length += more;
      }
    return length;
  };
  while (at < block.length) {
    const token = next();
    const literals = lengthFrom(token >> 4);
    if (at + literals > block.length) throw bad('a block is cut off');
    sink.append(block.subarray(at, at + literals));
    at += literals;
    if (at === block.length) return;
    const distance = next() | (next() << 8);
    sink.repeat(distance, lengthFrom(token & 15) + 4);
  }
}
