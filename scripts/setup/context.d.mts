export interface SetupContext {
  readonly root: string;
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
}
export function createContext(options?: { root?: string; env?: NodeJS.ProcessEnv }): SetupContext;
