// Chooses which block and head the editor paints, and shows which have a mask of their own.
import { useId } from 'react';
import { hasOwnMask, type MaskText, type Place } from '../../../engine/masks/places.ts';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';

/** "block 1, head 0"; counted from 0 as in the names of tensors. */
export function placeLabel({ block, head }: Place): string {
  if (block === null) return 'all blocks and heads';
  return head === null ? `block ${block}` : `block ${block}, head ${head}`;
}

export interface PlaceBarProps {
  mask: MaskText;
  blocks: number;
  heads: number;
  place: Place;
  setPlace(place: Place): void;
  /** Removes the mask of a place, so that it follows the others again. */
  drop(place: Place): void;
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const read = (value: string) => (value === '' ? null : Number(value));

export function PlaceBar({ mask, blocks, heads, place, setPlace, drop }: PlaceBarProps) {
  const id = useId();
  const { block, head } = place;
  const mark = (at: Place) => (hasOwnMask(mask, at) ? ', own mask' : '');
  return (
    <>
      <span>
        <label htmlFor={`${id}-block`}>In block</label>
        <select
          id={`${id}-block`}
          value={block ?? ''}
          onChange={(event) => setPlace({ block: read(event.currentTarget.value), head: null })}
        >
          <option value="">all</option>
          {numbers(blocks).map((b) => (
            <option key={b} value={b}>
              {b}
              {mark({ block: b, head: null })}
            </option>
          ))}
        </select>
      </span>
      {block !== null && (
        <span>
          <label htmlFor={`${id}-head`}>in head</label>
          <select
            id={`${id}-head`}
            value={head ?? ''}
            onChange={(event) => setPlace({ block, head: read(event.currentTarget.value) })}
          >
            <option value="">all</option>
            {numbers(heads).map((h) => (
              <option key={h} value={h}>
                {h}
                {mark({ block, head: h })}
              </option>
            ))}
          </select>
        </span>
      )}
      {mask.places.map((own) => (
        <SmallButton
          key={`${own.block}.${own.head}`}
          label={`Remove the mask of ${placeLabel(own)}`}
          onClick={() => drop(own)}
        >
          {placeLabel(own)} ×
        </SmallButton>
      ))}
    </>
  );
}
