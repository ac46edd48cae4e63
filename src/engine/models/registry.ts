// A new model is one file and one line here. The first entry is the default.
import type { ModelDef } from './model.ts';
import { multitab } from './multitab.ts';
import { stMlp } from './stMlp.ts';

export const models = {
  'multitab-net': multitab,
  'st-mlp': stMlp,
} satisfies Record<string, ModelDef>;

export type ModelId = keyof typeof models;
