// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
import { adaptiveMoments } from './adaptiveMoments.ts';

export const adamw = adaptiveMoments({
  id: 'adamw',
  label: 'AdamW',
  summary: 'Adam with decoupled weight decay',
  source: 'Loshchilov and Hutter 2019',
  decays: true,
});
