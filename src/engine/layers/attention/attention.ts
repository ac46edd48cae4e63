// What may be asked of an attention layer, whatever it computes inside. A variant is one file with an `AttentionDef` and one
// line of the registry; the encoder around it, the models, capture and mask tests know no more than this.
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { LayerPlace } from '../../core/attentionPlace.ts';
import type { ForwardOptions } from '../forward.ts';
import type { InitialisationScheme } from '../initialisation.ts';
import type { Member } from '../linear.ts';
import type { ParameterSet } from '../parameterSet.ts';

/** A kind of attention. */
export interface AttentionDef {
  id: string;
  label: string;
  /** One sentence, beside the choice of it. */
  summary: string;
  /** Adds the layer's parameters to `set`, under their names in the `state_dict`. */
  build(set: ParameterSet, options: AttentionOptions): Attention;
}

/** One layer, of one network or of several whose sequences stand one below the other. */
export interface AttentionOptions {
  networks: readonly Member[];
  /** One per network. */
  places: readonly LayerPlace[];
  /** D, all heads together. */
  width: number;
  heads: number;
  /** Whether queries and keys turn with their position in the sequence. */
  rotary: boolean;
  /** Share of the weights dropped while training. */
  dropoutRate: number;
  seed: number;
  /** Keeps this layer's dropout apart from that of others. */
  site: number;
  init: InitialisationScheme;
}

/** G sequences of L tokens with D columns; with several networks, all sequences of one before those of the next. */
export interface Attention {
  /**
   * The layer with its mask; with dropout where `options.training`. Hands an `AttentionRecord` per network to
   * `options.capture`, where that asks for one.
   * @param x - [G, L, D]
   * @param blocked - queries x keys, [L * L] for all heads or [heads * L * L], 1 = blocked, or null
   * @param residual - added to the result, [G, L, D]
   * @returns [G, L, D]
   */
  apply(x: Tensor3D, blocked: Uint8Array | null, options: ForwardOptions, residual: Tensor3D): Tensor3D;
  /** Multiply-adds x 2 of one network, per sequence of `length` tokens. */
  flops(length: number): number;
  /** A shorter way for sequences of length one, where there is one: it computes the same as `apply`. */
  selfOnly?: {
    /**
     * @param x - [G, D]
     * @param residual - added to the result, [G, D]
     */
    apply(x: Tensor2D, options: ForwardOptions, residual: Tensor2D): Tensor2D;
    /** Multiply-adds x 2 of one network, per sequence. */
    flops: number;
  };
}
