// Which runtimes' canaries have passed on this device since it booted, so that another start doesn't try them again: they
// cost a process or two each. It only says what may be offered; the launcher locks every start in the same order, or
// refuses it, and tries the sandbox itself at each start of its own. Owns its file.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Static, Type } from 'typebox';
import type { Sandbox } from '#agent/sandbox';
import type { Logger } from '#base';
import {
  type DirectRuntime,
  jsonParserOf,
  type SandboxPlaces,
  type SandboxRuntime,
  sandboxRuntimes,
} from '#schemas';

/** Folders and launcher are named by their content's hash; another boot may be another kernel. */
const Record = Type.Object({
  boot: Type.String({ maxLength: 64 }),
  launcher: Type.String({ maxLength: 4096 }),
  folders: Type.Partial(
    Type.Record(Type.Enum([...sandboxRuntimes]), Type.String({ minLength: 1, maxLength: 4096 })),
  ),
});
const parse = jsonParserOf(Record, 'the record of canaries', { maxBytes: 65_536 });

export interface ProvenRuntimesOptions {
  readonly file: string;
  readonly launcher: string;
  readonly logger: Logger;
  readonly bootFile?: string;
}

export interface ProvenRuntimes {
  /** Starts a sandbox without the canaries that have passed, and remembers those that pass now. */
  open(places: SandboxPlaces, start: (places: SandboxPlaces) => Promise<Sandbox>): Promise<Sandbox>;
}

/** What can't be read is nothing: the canaries run then. */
export async function openProvenRuntimes(options: ProvenRuntimesOptions): Promise<ProvenRuntimes> {
  const { file, launcher, logger, bootFile = '/proc/sys/kernel/random/boot_id' } = options;
  const boot = (await readFile(bootFile, 'utf8').catch(() => '')).trim();
  const before = await readFile(file)
    .then(parse)
    .catch(() => undefined);
  const same = before !== undefined && boot !== '' && before.boot === boot && before.launcher === launcher;
  const folders: Static<typeof Record>['folders'] = same ? { ...before.folders } : {};
  let writing: Promise<void> = Promise.resolve();

  function keep(): Promise<void> {
    const write = async () => {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      const aside = `${file}.new`;
      await writeFile(aside, JSON.stringify({ boot, launcher, folders }), { mode: 0o600 });
      await rename(aside, file);
    };
    writing = writing.then(write).catch((error: unknown) => {
      logger.warn('what the canaries said can not be kept', { error });
    });
    return writing;
  }

  const marked = (places: SandboxPlaces): SandboxPlaces => {
    const all: SandboxPlaces = { ...places };
    for (const [runtime, place] of placesOf(places))
      if (folders[runtime] === place.folder) all[runtime] = { ...place, proven: true };
    return all;
  };

  async function remember(places: SandboxPlaces, offered: readonly SandboxRuntime[]): Promise<void> {
    const were = JSON.stringify(folders);
    for (const [runtime, { folder }] of placesOf(places)) {
      if (offered.includes(runtime)) folders[runtime] = folder;
      else delete folders[runtime];
    }
    if (JSON.stringify(folders) !== were) await keep();
  }

  return {
    async open(places, start) {
      const sandbox = await start(marked(places));
      await remember(places, sandbox.capabilities.runtimes);
      return {
        ...sandbox,
        async run(job, runOptions) {
          const report = await sandbox.run(job, runOptions);
          // Something is wrong with it: the next start looks.
          if (report.reason === 'sandbox-error' && folders[job.runtime] !== undefined) {
            delete folders[job.runtime];
            await keep();
          }
          return report;
        },
      };
    },
  };
}

function placesOf(places: SandboxPlaces) {
  const { native, ...rest } = places;
  return Object.entries(rest) as [
    Exclude<SandboxRuntime, DirectRuntime>,
    { folder: string; spares: number },
  ][];
}
