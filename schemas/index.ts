export * from './api/task-view.ts';
export * from './common.ts';
export * from './control/agent-calls.ts';
export * from './control/rpc-frames.ts';
export * from './validator.ts';
