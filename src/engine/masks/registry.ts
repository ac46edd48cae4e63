// A new mask is one file and one line here.
import { custom } from './custom.ts';
import { fxt } from './fxt.ts';
import { fxtTxt } from './fxtTxt.ts';
import type { MaskDef } from './mask.ts';
import { none } from './none.ts';
import { txt } from './txt.ts';

export const masks = { none, FxT: fxt, TxT: txt, FxT_TxT: fxtTxt, custom } satisfies Record<string, MaskDef>;

export type MaskId = keyof typeof masks;
