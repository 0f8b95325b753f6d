// Made by vite.config.ts from package.json and the packages that it names.

declare module 'virtual:licences' {
  /** Of this project. */
  export const version: string;
  export const licences: readonly {
    readonly name: string;
    readonly version: string;
    readonly licence: string;
  }[];
}
