// The Node build of tfjs-core leaves the gradients of its operations out, and they cannot be imported one by one from
// Node. The whole package carries them; it shares the core, so importing it fills the common registry.
// The backend of plain JavaScript comes with it.
import '@tensorflow/tfjs';
import { enableProdMode } from '@tensorflow/tfjs-core';

// Silences the advice to install another backend.
enableProdMode();
