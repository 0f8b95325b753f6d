export * from './run-agent.ts';
export * from './starter.ts';
