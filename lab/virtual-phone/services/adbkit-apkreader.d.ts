declare module '@devicefarmer/adbkit-apkreader' {
  const reader: {
    open(path: string): Promise<{ readManifest(): Promise<{ package?: unknown; versionCode?: unknown }> }>;
  };
  export default reader;
}
