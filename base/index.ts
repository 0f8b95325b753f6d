export * from './clock.ts';
export * from './emitter.ts';
export * from './error-codes.ts';
export * from './errors.ts';
export * from './log.ts';
export * from './random.ts';
export * from './scope.ts';
export * from './wait.ts';
