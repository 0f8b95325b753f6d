export * from './run-agent.ts';
