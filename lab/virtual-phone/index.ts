export type { PhoneControl, PhoneEvent } from './control.ts';
export { linesOf } from './json-lines.ts';
export { type Profile, type ProfileName, profileNames, profiles } from './profile.ts';
export { type StartOptions, startVirtualPhone, type VirtualPhone } from './start.ts';
export type { PhoneTools } from './tools.ts';
