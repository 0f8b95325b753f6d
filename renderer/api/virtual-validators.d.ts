// Made by vite.config.ts from answers.ts.

declare module 'virtual:validators' {
  interface Validate {
    (value: unknown): boolean;
    errors?: { instancePath: string; message?: string }[] | null;
  }
  export const validators: Record<keyof typeof import('./answers.ts')['answers'], Validate>;
}
