export * from './policy-document.ts';
export * from './read-policy.ts';
