// Imports a mask from a file; files.ts defines the formats.
import { useRef } from 'react';
import type { TokenLabel } from '../../../engine/core/tokens.ts';
import type { MaskText } from '../../../engine/masks/places.ts';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { type MaskSize, readFile } from './files.ts';

export interface MaskImportProps {
  tokens: readonly TokenLabel[];
  size: MaskSize;
  onImport(mask: MaskText): void;
  onRefuse(message: string): void;
}

/** Larger than a mask of 128 tokens for every head of a large network. */
const MAX_BYTES = 4_000_000;

export function MaskImport({ tokens, size, onImport, onRefuse }: MaskImportProps) {
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File) => {
    if (file.size > MAX_BYTES)
      return onRefuse(`${file.name}: expected at most ${MAX_BYTES} bytes, got ${file.size}.`);
    const read = readFile(
      await file.text(),
      size,
      tokens.map((t) => t.name),
    );
    if (read) onImport(read);
    else
      onRefuse(
        `${file.name}: expected ${size.tokens} lines of ${size.tokens} cells, dots and crosses, and exceptions within ${size.blocks} blocks and ${size.heads} heads, for the tokens ${tokens.map((t) => t.name).join(', ')}; got another size, other tokens, or no mask. Save a mask to see the form.`,
      );
  };
  return (
    <>
      <SmallButton onClick={() => input.current?.click()}>Import</SmallButton>
      <input
        ref={input}
        type="file"
        accept=".json,.txt,text/plain,application/json"
        aria-label="Import a mask"
        hidden
        onChange={(event) => {
          const target = event.currentTarget;
          const file = target.files?.[0];
          if (file) void take(file);
          target.value = '';
        }}
      />
    </>
  );
}
