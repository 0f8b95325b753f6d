// The connection to the lab host as a number that changes with every new one; -1 while there is none, or nothing is read.

import { useLab } from './lab-store.ts';

export const useConnection = (): number =>
  useLab(({ lab, loaded }) => (loaded && lab.phase === 'connected' ? lab.connection : -1));
