// What the rest of the agent sees of its service library (spec 01).

import type { Unsubscribe } from '#base';
import type { Manifest } from '#schemas';

/** A service is the triple; the manifest hash pins its exact bytes. */
export interface ServiceKey {
  readonly author: string;
  readonly packageId: string;
  readonly version: string;
  /** Lower-case hex SHA-256 of manifest.json's RFC 8785 bytes. */
  readonly manifestSha256: string;
}

export interface LibraryEntry {
  readonly key: ServiceKey;
  readonly manifest: Manifest;
  readonly packedBytes: number;
  readonly packageSha256: string;
  /** False for DEV_UNSIGNED packages. */
  readonly signed: boolean;
  readonly addedAt: number;
}

export interface Verdict {
  readonly verdict: 'ok' | 'warn' | 'reject';
  /** One sentence per reason. */
  readonly reasons: readonly string[];
}

export type LibraryChange = { readonly added: LibraryEntry } | { readonly removed: ServiceKey };

export interface ServiceLibrary {
  /** Called after an entry came, from wherever, or went. */
  onChange(listener: (change: LibraryChange) => void): Unsubscribe;
  list(): readonly LibraryEntry[];
  find(query: {
    manifestSha256?: string;
    author?: string;
    packageId?: string;
    version?: string;
  }): readonly LibraryEntry[];
  get(manifestSha256: string): LibraryEntry | undefined;
  /** Verifies the file as a hostile package and moves its content in; the file itself is left alone. Throws `package.*`. */
  add(
    packageFile: string,
    options?: {
      signal?: AbortSignal;
      /** Only this very service: another one throws `package.hash-mismatch` and is not kept. */
      expect?: ServiceKey;
    },
  ): Promise<LibraryEntry>;
  /** Path of the stored package file, for sending it on. */
  packageFile(manifestSha256: string): string;
  /** Folder with the unpacked, verified files (entry point executable); made once, kept while the entry is. */
  unpacked(manifestSha256: string): Promise<string>;
  remove(manifestSha256: string): Promise<void>;
  /** Verdict for this device, by the one function. */
  verdict(manifest: Manifest): Verdict;
}
