// The Node build of tfjs-core lacks the gradients of its operations, and they cannot be imported one by one from Node. The
// whole package has them; it shares the core, so loading it fills the common registry. It also brings the plain JavaScript
// backend.
import { createRequire, Module } from 'node:module';
import { enableProdMode } from '@tensorflow/tfjs-core';

/** What else the whole package loads, and nothing here uses: more than half of it. */
const UNUSED = ['layers', 'converter', 'data', 'backend-webgl'];

/** Every process of the command line loads this, so it is required: an import would first search all files for their exports. */
function loadGradients(): void {
  const require = createRequire(import.meta.url);
  const whole = require.resolve('@tensorflow/tfjs');
  const unused = UNUSED.map((part) => createRequire(whole).resolve(`@tensorflow/tfjs-${part}`));
  for (const file of unused) require.cache[file] = Object.assign(new Module(file), { loaded: true });
  require(whole);
  // Whoever asks for one of them later gets all of it.
  for (const file of [whole, ...unused]) delete require.cache[file];
}

loadGradients();
// Silences tfjs's advice to install another backend.
enableProdMode();
