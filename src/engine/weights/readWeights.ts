// One entry point for weights files, for the page, the worker and the command line: the first bytes decide the format.
import { refusalOf } from '../core/refusal.ts';
import { isZip } from '../core/zip.ts';
import { MAX_BYTES, readSafetensorsFile } from './safetensors.ts';
import { readTorchFile, type WeightsFile } from './torchFile.ts';

/** PROTO 2 and the number 0x1950a86a20f9469cfc6c, the start of PyTorch's files before version 1.6. */
const BEFORE_ZIP = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const PROTO = 0x80;

/**
 * Tensors of a safetensors file or a PyTorch checkpoint, as float32.
 * @param fileName - for errors; the content decides the format
 * @throws WorkbenchError (file) with place, expectation, value and remedy
 */
export function readWeights(bytes: Uint8Array, fileName: string): WeightsFile {
  const refuse = refusalOf(
    fileName,
    'Save the weights again, in Python with torch.save(model.state_dict(), "weights.pt").',
  );
  if (bytes.length > MAX_BYTES)
    refuse('size', `at most ${MAX_BYTES / 1e6} MB`, `${(bytes.length / 1e6).toFixed(0)} MB`);
  if (isZip(bytes)) return readTorchFile(bytes, fileName);
  const expected = 'a safetensors file, or a zip archive that torch.save wrote';
  if (BEFORE_ZIP.every((byte, i) => bytes[i] === byte))
    refuse(
      'format',
      expected,
      'a file of PyTorch before 1.6 or saved with _use_new_zipfile_serialization=False',
      'Save it in the new format, in Python with torch.save(torch.load("file", map_location="cpu", weights_only=True), "weights.pt").',
    );
  // The header of safetensors begins at byte 8, with a brace.
  if (bytes[0] === PROTO && bytes[8] !== 0x7b)
    refuse('format', expected, 'a bare pickle, which is not opened');
  if (!/\.safetensors$/i.test(fileName) && bytes[8] !== 0x7b) refuse('format', expected, 'neither of them');
  return { ...readSafetensorsFile(bytes, fileName), notes: [] };
}
