// Adam (Kingma and Ba 2015), without weight decay.
import { adaptiveMoments } from './adaptiveMoments.ts';

export const adam = adaptiveMoments({
  id: 'adam',
  label: 'Adam',
  source: 'Kingma and Ba 2015',
  decays: false,
});
