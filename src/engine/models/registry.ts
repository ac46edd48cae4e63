// A new model is one file and one line here. The first entry is the default.
import { ftTransformer } from './ftTransformer.ts';
import { gradientBoosting } from './gradientBoosting.ts';
import { home } from './home.ts';
import { inGroups } from './inGroups.ts';
import { mmoe } from './mmoe.ts';
import type { ModelDef } from './model.ts';
import { mtMlp } from './mtMlp.ts';
import { multitab } from './multitab.ts';
import { ple } from './ple.ts';
import { robustBoosting } from './robustBoosting.ts';
import { saint } from './saint.ts';
import { stem } from './stem.ts';
import { stMlp } from './stMlp.ts';
import { tabTransformer } from './tabTransformer.ts';

export const models = {
  'multitab-net': inGroups(multitab),
  'mt-mlp': inGroups(mtMlp),
  mmoe: inGroups(mmoe),
  ple: inGroups(ple),
  stem: inGroups(stem),
  home: inGroups(home),
  'st-mlp': stMlp,
  'ft-transformer': ftTransformer,
  'tab-transformer': tabTransformer,
  saint,
  'gradient-boosting': gradientBoosting,
  'r-mtgb': robustBoosting,
} satisfies Record<string, ModelDef>;

export type ModelId = keyof typeof models;
