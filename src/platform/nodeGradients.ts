// The Node build of tfjs-core lacks the gradients of its operations, and they cannot be imported one by one from Node. The
// whole package has them; it shares the core, so importing it fills the common registry. It also brings the plain JavaScript
// backend.
import '@tensorflow/tfjs';
import { enableProdMode } from '@tensorflow/tfjs-core';

// Silences tfjs's advice to install another backend.
enableProdMode();
