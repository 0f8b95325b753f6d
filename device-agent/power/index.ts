export { openPowerDesk, type PowerDesk } from './power-desk.ts';
