// What the window may ask of its main process: one table of narrow verbs. Both ends are typed by it, and the main
// process checks every call against it (DESIGN, Trust). Everything about the fleet goes over the lab host's API instead.

import { type Static, type TSchema, Type } from 'typebox';
import { InstalledService, UploadView } from '../api/lab-views.ts';

const exact = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const Nothing = exact({});
const HandleText = Type.String({ pattern: '^[a-f0-9]{32}$' });
const PathText = Type.String({ minLength: 1, maxLength: 4096 });

export const ThemeChoice = Type.Union([Type.Literal('light'), Type.Literal('dark'), Type.Literal('system')]);
export type ThemeChoice = Static<typeof ThemeChoice>;

/** Kept in the app's folder of the home; unknown or damaged files become the defaults. */
export const AppSettings = exact({
  theme: ThemeChoice,
  /** Virtual phones that are started with a lab host of our own. */
  phones: Type.Integer({ minimum: 0, maximum: 200 }),
  /** Leave a lab host that we started running when the window is closed. */
  keepLabHost: Type.Boolean(),
  notifications: Type.Boolean(),
});
export type AppSettings = Static<typeof AppSettings>;

export const LabState = exact({
  phase: Type.Union([
    Type.Literal('starting'),
    Type.Literal('connected'),
    /** It was there and is gone; looked for again. */
    Type.Literal('lost'),
    /** It could not be started; a person has to act. */
    Type.Literal('failed'),
  ]),
  /** What is happening, or what went wrong, in a sentence. */
  message: Type.String({ maxLength: 4096 }),
  code: Type.Optional(Type.String({ maxLength: 64 })),
  /** We started it, so we stop it. */
  ours: Type.Boolean(),
  apiUrl: Type.Optional(Type.String({ maxLength: 256 })),
  /** Changes with every connection: what was read before is stale. */
  connection: Type.Integer({ minimum: 0 }),
});
export type LabState = Static<typeof LabState>;

/** Loopback only: other machines' lab hosts come through a tunnel on the same port. */
export const LabHostUrl = Type.String({ pattern: '^http://(127\\.0\\.0\\.1|localhost):[0-9]{1,5}$' });

export const AddLabHost = exact({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  apiUrl: LabHostUrl,
  token: Type.String({ pattern: '^[A-Za-z0-9._-]{16,512}$' }),
});
export type AddLabHost = Static<typeof AddLabHost>;

/** A lab host that a person added; its token never comes back. */
export const LabHostEntry = exact({
  id: Type.String({ pattern: '^[a-f0-9]{16}$' }),
  name: Type.String(),
  apiUrl: LabHostUrl,
  chosen: Type.Boolean(),
  /** Kept encrypted, known until the app ends, or to be given again. */
  token: Type.Union([Type.Literal('kept'), Type.Literal('session'), Type.Literal('missing')]),
});
export type LabHostEntry = Static<typeof LabHostEntry>;
const LabHostList = exact({ hosts: Type.Array(LabHostEntry) });

export const AppInfo = exact({
  version: Type.String(),
  electron: Type.String(),
  platform: Type.String(),
  home: Type.String(),
  logFile: Type.String(),
});
export type AppInfo = Static<typeof AppInfo>;

/** A file that a person dropped or chose: the window knows its name, never reads it by path. */
export const FileHandle = exact({
  handle: HandleText,
  name: Type.String({ maxLength: 1024 }),
  bytes: Type.Integer({ minimum: 0 }),
});
export type FileHandle = Static<typeof FileHandle>;

/** A folder that a person chose; `path` is for showing. */
export const FolderHandle = exact({ handle: HandleText, path: Type.String({ maxLength: 4096 }) });
export type FolderHandle = Static<typeof FolderHandle>;

/** A picture of the camera folder: what stands in for a camera on virtual phones. */
export const CameraPicture = exact({
  ...FileHandle.properties,
  /** A data URL to show; absent for large files. */
  preview: Type.Optional(Type.String({ maxLength: 3_000_000 })),
});
export type CameraPicture = Static<typeof CameraPicture>;

export const SavedFile = exact({
  handle: HandleText,
  path: Type.String({ maxLength: 4096 }),
  bytes: Type.Integer({ minimum: 0 }),
});
export type SavedFile = Static<typeof SavedFile>;

const TaskIdText = Type.String({ minLength: 1, maxLength: 128 });
const OutputName = Type.String({ minLength: 1, maxLength: 128 });

export const appVerbs = {
  'app.info': { params: Nothing, result: AppInfo },
  'settings.get': { params: Nothing, result: AppSettings },
  'settings.set': { params: Type.Partial(AppSettings, { additionalProperties: false }), result: AppSettings },
  'lab.state': { params: Nothing, result: LabState },
  /** Joins the lab host of the home, or starts one. */
  'lab.connect': { params: Nothing, result: Nothing },
  /** Stops the lab host if this app started it; otherwise `conflict`. */
  'lab.stop': { params: Nothing, result: Nothing },
  'labHosts.list': { params: Nothing, result: LabHostList },
  'labHosts.add': { params: AddLabHost, result: LabHostList },
  'labHosts.remove': { params: exact({ id: Type.String({ maxLength: 32 }) }), result: LabHostList },
  /** Without an id: the lab host of the home. Connects to it. */
  'labHosts.choose': {
    params: exact({ id: Type.Optional(Type.String({ maxLength: 32 })) }),
    result: LabHostList,
  },
  /** Only the preload script calls this, with the path of a File that came from a drop or a file field. */
  'files.register': { params: exact({ path: PathText }), result: FileHandle },
  /** Streams the file to the lab host; `uploadProgress` events tell how far. */
  'files.upload': { params: exact({ handle: HandleText }), result: UploadView },
  'files.cancelUpload': { params: exact({ handle: HandleText }), result: Nothing },
  'files.install': {
    params: exact({ handle: HandleText, serial: Type.Optional(Type.String({ maxLength: 128 })) }),
    result: InstalledService,
  },
  /** A folder picker, which can make folders; checked for writing. Undefined when it was left without a choice. */
  'folders.choose': { params: Nothing, result: exact({ folder: Type.Optional(FolderHandle) }) },
  /** The outputs folder of the home; what was chosen before is forgotten. */
  'folders.default': { params: Nothing, result: FolderHandle },
  /** The folder that was chosen last, also before a restart; the home's where that can't be written any more. */
  'folders.last': { params: Nothing, result: FolderHandle },
  /** Pictures of the camera folder of the home, made when there is none yet. */
  'camera.pictures': {
    params: Nothing,
    result: exact({ folder: Type.String({ maxLength: 4096 }), pictures: Type.Array(CameraPicture) }),
  },
  /** Writes an output to a new file with a unique name in the folder. */
  'outputs.save': {
    params: exact({ taskId: TaskIdText, name: OutputName, folder: HandleText }),
    result: SavedFile,
  },
  /** A save dialog, then the output in that file; nothing when it was left without a choice. */
  'outputs.saveAs': {
    params: exact({ taskId: TaskIdText, name: OutputName }),
    result: exact({ saved: Type.Optional(SavedFile) }),
  },
  /** A save dialog, then the answer of a GET of the API in that file. */
  'exports.save': {
    params: exact({
      path: Type.String({
        pattern:
          '^/(?:(?:history|sandbox/(?:runs|attacks)/[0-9a-f]{16})/export\\?[A-Za-z0-9=&_.%-]{1,512}|sandbox/try/output)$',
      }),
      suggestedName: Type.String({ pattern: '^[A-Za-z0-9._-]{1,100}$' }),
    }),
    result: exact({ saved: Type.Optional(SavedFile) }),
  },
  /** Shows a file that was saved in the platform's file manager. */
  'files.reveal': { params: exact({ handle: HandleText }), result: Nothing },
  /** To the clipboard, which the page itself may not touch. */
  'text.copy': { params: exact({ text: Type.String({ maxLength: 65_536 }) }), result: Nothing },
  notify: {
    params: exact({ title: Type.String({ maxLength: 200 }), body: Type.String({ maxLength: 1000 }) }),
    result: Nothing,
  },
} as const satisfies Record<string, { params: TSchema; result: TSchema }>;

export type AppVerb = keyof typeof appVerbs;
export type AppVerbs = {
  [V in AppVerb]: {
    params: Static<(typeof appVerbs)[V]['params']>;
    result: Static<(typeof appVerbs)[V]['result']>;
  };
};

/** A verb's answer as it crosses the process boundary: Electron would drop an error's code. */
export type VerbAnswer<V extends AppVerb> =
  | { ok: true; result: AppVerbs[V]['result'] }
  | { ok: false; error: { code: string; message: string; details?: Record<string, unknown> } };
