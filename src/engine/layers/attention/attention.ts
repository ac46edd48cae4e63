// The interface of an attention layer, whatever it computes inside. A variant is one file with an `AttentionDef` and one line
// in the registry; the encoder, the models, capture and mask tests use only this interface.
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
  /** One sentence, shown at the choice. */
  summary: string;
  /** Adds the layer's parameters to `set`, under their names in the `state_dict`. */
  build(set: ParameterSet, options: AttentionOptions): Attention;
}

/** A single layer, for one network or for several with stacked sequences. */
export interface AttentionOptions {
  networks: readonly Member[];
  /** One per network. */
  places: readonly LayerPlace[];
  /** D, all heads together. */
  width: number;
  heads: number;
  /** Whether queries and keys are rotated by their position in the sequence. */
  rotary: boolean;
  /** Share of the weights dropped in training. */
  dropoutRate: number;
  seed: number;
  /** Distinguishes this layer's dropout stream from others. */
  site: number;
  init: InitialisationScheme;
}

/** G sequences of L tokens with D columns; with several networks, all sequences of one before those of the next. */
export interface Attention {
  /**
   * Applies the layer with its mask, and with dropout if `options.training`. Passes an `AttentionRecord` per network to
   * `options.capture`, if that asks for one.
   * @param x - [G, L, D]
   * @param blocked - queries x keys, [L * L] for all heads or [heads * L * L], 1 = blocked, or null
   * @param residual - added to the result, [G, L, D]
   * @returns [G, L, D]
   */
  apply(x: Tensor3D, blocked: Uint8Array | null, options: ForwardOptions, residual: Tensor3D): Tensor3D;
  /** Floating-point operations of one network, per sequence of `length` tokens (two per multiply-add). */
  flops(length: number): number;
  /** An optional shortcut for sequences of length one, with the same result as `apply`. */
  selfOnly?: {
    /**
     * @param x - [G, D]
     * @param residual - added to the result, [G, D]
     */
    apply(x: Tensor2D, options: ForwardOptions, residual: Tensor2D): Tensor2D;
    /** Floating-point operations of one network, per sequence. */
    flops: number;
  };
}
