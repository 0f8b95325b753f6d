// The folder that results were saved to last, kept over restarts.

import { Type } from 'typebox';
import { jsonFile } from './app-files.ts';

export interface OutputFolder {
  read(): Promise<string | undefined>;
  /** undefined: the default folder again. */
  write(folder: string | undefined): Promise<void>;
}

const Kept = Type.Object({ folder: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })) });

export function outputFolderFile(file: string): OutputFolder {
  const kept = jsonFile(file, Kept, {});
  return {
    read: async () => (await kept.read()).folder,
    write: (folder) => kept.write(folder === undefined ? {} : { folder }),
  };
}
