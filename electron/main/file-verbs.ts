// Verbs that touch files: what a person dropped is sent to the lab host, what came out is written where they chose.

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type BrowserWindow, dialog, shell } from 'electron';
import { AbhayaError } from '#base';
import { nameFor, namingOf } from '#lab/client';
import type { FileHandle, FolderHandle, SavedFile } from '#schemas';
import { cameraPictures } from './camera-pictures.ts';
import { diskTrouble } from './disk-trouble.ts';
import type { Handles } from './handles.ts';
import type { LabConnection } from './lab-connection.ts';
import type { OutputFolder } from './output-folder.ts';
import type { VerbHandlers } from './verbs.ts';

type FileVerbs = Pick<
  VerbHandlers,
  | 'files.register'
  | 'files.upload'
  | 'files.cancelUpload'
  | 'files.install'
  | 'files.reveal'
  | 'folders.choose'
  | 'folders.default'
  | 'folders.last'
  | 'camera.pictures'
  | 'outputs.save'
  | 'outputs.saveAs'
  | 'exports.save'
>;

const PROGRESS_EVERY_MS = 100;
const NAME_TRIES = 1_000;

export function fileVerbs(options: {
  readonly handles: Handles;
  readonly connection: LabConnection;
  readonly outputsDir: string;
  readonly cameraDir: string;
  /** The folder that was chosen last. */
  readonly outputFolder: OutputFolder;
  readonly window: () => BrowserWindow | undefined;
  readonly onProgress: (progress: { handle: string; sentBytes: number; totalBytes: number }) => void;
}): FileVerbs {
  const { handles, connection } = options;
  const uploads = new Map<string, AbortController>();

  async function describe(file: string): Promise<FileHandle> {
    const about = await stat(file).catch((cause) => {
      throw new AbhayaError('input.invalid', `${path.basename(file)} can't be read: ${cause.message}`, {
        cause,
      });
    });
    if (!about.isFile()) throw new AbhayaError('input.invalid', `${path.basename(file)} is not a file`);
    return { handle: handles.add(file), name: path.basename(file), bytes: about.size };
  }

  async function writable(folder: string): Promise<FolderHandle> {
    await access(folder, constants.W_OK).catch((cause) => {
      throw new AbhayaError('input.invalid', `nothing can be written into ${folder}; choose another folder`, {
        cause,
      });
    });
    return { handle: handles.add(folder), path: folder };
  }

  /** The first name that is free; `write` refuses one that is there. */
  async function saveAs(
    folder: string,
    wanted: (count: number) => string,
    write: (file: string) => Promise<void>,
  ): Promise<SavedFile> {
    for (let count = 0; count < NAME_TRIES; count += 1) {
      const file = path.join(folder, wanted(count));
      try {
        await write(file);
        return { handle: handles.add(file), path: file, bytes: (await stat(file)).size };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    throw new AbhayaError('conflict', `${folder} has too many files of this name`);
  }

  /** Asks where; undefined when the dialog was left. An old file, which the dialog asked about, goes when the new one is whole. */
  async function saveWhereAsked(
    suggestedName: string,
    write: (file: string) => Promise<void>,
  ): Promise<{ saved?: SavedFile }> {
    const window = options.window();
    const asked = { defaultPath: path.join(options.outputsDir, suggestedName) };
    const { canceled, filePath } = await (window
      ? dialog.showSaveDialog(window, asked)
      : dialog.showSaveDialog(asked));
    if (canceled || !filePath) return {};
    const partial = `${filePath}.${randomBytes(4).toString('hex')}.part`;
    try {
      await write(partial);
      await rename(partial, filePath);
    } catch (error) {
      throw diskTrouble(filePath, error);
    } finally {
      await rm(partial, { force: true }).catch(() => undefined);
    }
    return { saved: { handle: handles.add(filePath), path: filePath, bytes: (await stat(filePath)).size } };
  }

  /** The names that the output's file may have. */
  async function namesOf(taskId: string, name: string): Promise<(count: number) => string> {
    const client = connection.client();
    const task = await client.task(taskId);
    const output = task.outputs.find((it) => it.name === name);
    if (!output) throw new AbhayaError('not-found', `the task has no output ${name}`);
    const naming = namingOf(output, task, await client.manifestOf(task));
    return (count) => nameFor(naming, new Date(), count);
  }

  async function defaultFolder(): Promise<FolderHandle> {
    await mkdir(options.outputsDir, { recursive: true });
    return writable(options.outputsDir);
  }

  return {
    'files.register': ({ path: file }) => describe(file),
    async 'files.upload'({ handle }) {
      const file = handles.pathOf(handle);
      const totalBytes = (await stat(file)).size;
      const stop = new AbortController();
      uploads.set(handle, stop);
      let toldAt = 0;
      try {
        return await connection.client().upload(file, {
          signal: stop.signal,
          onSent(sentBytes) {
            const now = performance.now();
            if (now - toldAt < PROGRESS_EVERY_MS && sentBytes < totalBytes) return;
            toldAt = now;
            options.onProgress({ handle, sentBytes, totalBytes });
          },
        });
      } finally {
        uploads.delete(handle);
      }
    },
    'files.cancelUpload'({ handle }) {
      uploads.get(handle)?.abort();
      return {};
    },
    'files.install': ({ handle, serial }) =>
      connection.client().installService(handles.pathOf(handle), serial),
    'files.reveal'({ handle }) {
      shell.showItemInFolder(handles.pathOf(handle));
      return {};
    },
    async 'folders.choose'() {
      const window = options.window();
      const asked = {
        properties: ['openDirectory' as const, 'createDirectory' as const, 'promptToCreate' as const],
      };
      const { canceled, filePaths } = await (window
        ? dialog.showOpenDialog(window, asked)
        : dialog.showOpenDialog(asked));
      const [folder] = filePaths;
      if (canceled || folder === undefined) return {};
      await mkdir(folder, { recursive: true });
      const chosen = await writable(folder);
      await options.outputFolder.write(folder);
      return { folder: chosen };
    },
    async 'folders.default'() {
      await options.outputFolder.write(undefined);
      return defaultFolder();
    },
    async 'folders.last'() {
      const last = await options.outputFolder.read();
      return last === undefined ? defaultFolder() : writable(last).catch(defaultFolder);
    },
    async 'camera.pictures'() {
      const pictures = await cameraPictures(options.cameraDir);
      return {
        folder: options.cameraDir,
        pictures: pictures.map(({ file, ...about }) => ({ handle: handles.add(file), ...about })),
      };
    },
    async 'outputs.save'({ taskId, name, folder }) {
      const client = connection.client();
      return saveAs(handles.pathOf(folder), await namesOf(taskId, name), (file) =>
        client.saveOutput(taskId, name, file),
      );
    },
    async 'outputs.saveAs'({ taskId, name }) {
      const names = await namesOf(taskId, name);
      return saveWhereAsked(names(0), (file) => connection.client().saveOutput(taskId, name, file));
    },
    'exports.save': ({ path: apiPath, suggestedName }) =>
      saveWhereAsked(suggestedName, (file) => connection.client().saveAnswer(apiPath, file)),
  };
}
