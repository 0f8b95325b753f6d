export { type CpioEntry, file, folder, link } from './cpio.ts';
export { folderAt, initialRoot, placed } from './initial-root.ts';
export { type JobEnd, type MachineJob, runJobs } from './jobs.ts';
export { type Machine, type MachineOptions, startMachine } from './machine.ts';
export { findMachineFiles, type MachineFiles, type Placed } from './machine-files.ts';
export { type PhoneMachine, startPhoneMachine } from './phone-machine.ts';
export type { Patience } from './watchdog.ts';
