export declare function fetchReferenceAdbd(
  cacheDir: string,
  options?: { log?: (line: string) => void },
): Promise<string>;
