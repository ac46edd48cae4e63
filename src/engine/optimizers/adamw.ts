// Adam with weight decay that is not part of the gradient (Loshchilov and Hutter 2019).
import { adaptiveMoments } from './adaptiveMoments.ts';

export const adamw = adaptiveMoments({
  id: 'adamw',
  label: 'AdamW',
  summary: 'Adam with decoupled weight decay',
  source: 'Loshchilov and Hutter 2019',
  decays: true,
});
