// A new gradient method takes one file and one line here.
import { equal } from './equal.ts';
import { dbMtl } from './gradients/dbMtl.ts';
import { excessMtl } from './gradients/excessMtl.ts';
import { graddrop } from './gradients/graddrop.ts';
import { trimmedMean } from './gradients/trimmedMean.ts';
import { alignedMtl } from './gram/alignedMtl.ts';
import { cagrad } from './gram/cagrad.ts';
import { config } from './gram/config.ts';
import { dualproj } from './gram/dualproj.ts';
import { fairgrad } from './gram/fairgrad.ts';
import { gradnorm } from './gram/gradnorm.ts';
import { gradvac } from './gram/gradvac.ts';
import { imtlG } from './gram/imtlG.ts';
import { mgda } from './gram/mgda.ts';
import { nashMtl } from './gram/nashMtl.ts';
import { pcgrad } from './gram/pcgrad.ts';
import { tawt } from './gram/tawt.ts';
import { upgrad } from './gram/upgrad.ts';
import { dwa } from './losses/dwa.ts';
import { famo } from './losses/famo.ts';
import { fixed } from './losses/fixed.ts';
import { gls } from './losses/gls.ts';
import { imtlL } from './losses/imtlL.ts';
import { oneTask } from './losses/oneTask.ts';
import { rlw } from './losses/rlw.ts';
import { stch } from './losses/stch.ts';
import { uw } from './losses/uw.ts';
import type { GradientMethod } from './method.ts';

export const methods = {
  equal,
  // Computed from the losses alone.
  fixed,
  rlw,
  uw,
  dwa,
  gls,
  'imtl-l': imtlL,
  stch,
  famo,
  'one-task': oneTask,
  // Computed from the inner products of the gradients.
  mgda,
  pcgrad,
  gradvac,
  cagrad,
  'imtl-g': imtlG,
  'nash-mtl': nashMtl,
  fairgrad,
  'aligned-mtl': alignedMtl,
  config,
  upgrad,
  dualproj,
  gradnorm,
  tawt,
  // Computed from the gradients themselves.
  graddrop,
  'trimmed-mean': trimmedMean,
  'db-mtl': dbMtl,
  'excess-mtl': excessMtl,
} satisfies Record<string, GradientMethod>;
