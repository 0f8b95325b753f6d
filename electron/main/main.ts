// Composition root of the window's main process: opens its parts in order, closes them in reverse.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  app,
  type BrowserWindow,
  clipboard,
  ipcMain,
  Notification,
  nativeTheme,
  protocol,
  safeStorage,
} from 'electron';
import { Type } from 'typebox';
import { homeOf } from '#lab/home';
import { type AppEvents, AppSettings } from '#schemas';
import { jsonFile } from './app-files.ts';
import { APP_SCHEME, serveApp } from './app-protocol.ts';
import { createEventBatches } from './event-batches.ts';
import { fileVerbs } from './file-verbs.ts';
import { createHandles } from './handles.ts';
import { createLabConnection } from './lab-connection.ts';
import { labHostCommand } from './lab-folder.ts';
import { openLabHosts } from './lab-hosts.ts';
import { setMenu } from './menu.ts';
import { outputFolderFile } from './output-folder.ts';
import { createOwnLabHost } from './own-lab-host.ts';
import { serveVerbs } from './verbs.ts';
import { lockSession, openWindow } from './window.ts';
import { windowStateFile } from './window-state.ts';

/** Put in when this is built. */
declare const ABHAYA_VERSION: string;

const EVENT_CHANNEL = 'abhaya:event';
const CLOSE_TIMEOUT_MS = 25_000;
const defaults: AppSettings = { theme: 'system', phones: 5, keepLabHost: false, notifications: true };

protocol.registerSchemesAsPrivileged([APP_SCHEME]);
const home = homeOf(process.env);
// Everything of ours in one place, so that a home can be moved, and tests have their own.
const appDir = path.join(home.dir, 'app');
mkdirSync(appDir, { recursive: true, mode: 0o700 });
app.setPath('userData', path.join(appDir, 'chromium'));
app.setName('Abhaya Lab');

if (app.requestSingleInstanceLock()) void app.whenReady().then(run);
else app.exit(0);

async function run(): Promise<void> {
  const log = (message: string) => process.stderr.write(`${message}\n`);
  const settingsFile = jsonFile(path.join(appDir, 'settings.json'), AppSettings, defaults);
  const ownershipFile = jsonFile(
    path.join(appDir, 'lab-host.json'),
    Type.Object({ mark: Type.Optional(Type.String()) }),
    {},
  );
  const stateFile = windowStateFile(path.join(appDir, 'window.json'));
  let settings = await settingsFile.read();
  let window: BrowserWindow | undefined;
  nativeTheme.themeSource = settings.theme;

  function tell<E extends keyof AppEvents>(event: E, data: AppEvents[E]): void {
    if (window && !window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, event, data);
  }

  const own = createOwnLabHost({
    home,
    command: () => labHostCommand(__dirname, process.resourcesPath),
    ownership: {
      read: async () => (await ownershipFile.read()).mark,
      write: (mark) => ownershipFile.write(mark === undefined ? {} : { mark }),
    },
  });
  const labHosts = await openLabHosts(path.join(appDir, 'lab-hosts.json'), {
    available: () => safeStorage.isEncryptionAvailable(),
    encrypt: (text) => safeStorage.encryptString(text).toString('base64'),
    decrypt: (text) => safeStorage.decryptString(Buffer.from(text, 'base64')),
  });
  const connection = createLabConnection({
    own,
    chosen: labHosts.chosen,
    phones: () => phonesAsked(process.argv) ?? settings.phones,
  });
  const batches = createEventBatches((events) => tell('lab', events));
  connection.events.on((event) => batches.push(event));
  connection.states.on((state) => tell('labState', state));

  lockSession();
  serveApp(protocol, { files: path.join(__dirname, '..', 'renderer'), target: connection.target });
  const handles = createHandles();
  serveVerbs(
    ipcMain,
    {
      ...fileVerbs({
        handles,
        connection,
        outputsDir: path.join(home.dir, 'outputs'),
        cameraDir: path.join(home.dir, 'camera'),
        outputFolder: outputFolderFile(path.join(appDir, 'output-folder.json')),
        window: () => window,
        onProgress: (progress) => tell('uploadProgress', progress),
      }),
      'app.info': () => ({
        version: ABHAYA_VERSION,
        electron: process.versions.electron ?? '',
        platform: `${process.platform} ${process.arch}`,
        home: home.dir,
        logFile: home.logFile,
      }),
      'settings.get': () => settings,
      async 'settings.set'(changes) {
        settings = { ...settings, ...changes };
        nativeTheme.themeSource = settings.theme;
        await settingsFile.write(settings);
        tell('settings', settings);
        return settings;
      },
      'lab.state': () => connection.state(),
      'lab.connect'() {
        connection.connect();
        return {};
      },
      async 'lab.stop'() {
        await connection.stopHost();
        return {};
      },
      'text.copy'({ text }) {
        clipboard.writeText(text);
        return {};
      },
      'labHosts.list': () => ({ hosts: labHosts.list() }),
      'labHosts.add': async (host) => ({ hosts: await labHosts.add(host) }),
      async 'labHosts.remove'({ id }) {
        const wasChosen = labHosts.list().some((host) => host.id === id && host.chosen);
        const hosts = await labHosts.remove(id);
        if (wasChosen) connection.connect();
        return { hosts };
      },
      async 'labHosts.choose'({ id }) {
        const hosts = await labHosts.choose(id);
        connection.connect();
        return { hosts };
      },
      notify({ title, body }) {
        if (settings.notifications && Notification.isSupported() && window?.isFocused() !== true)
          new Notification({ title, body }).show();
        return {};
      },
    },
    log,
  );
  setMenu((name) => tell('command', { name }));
  connection.connect();

  const open = async () => {
    window = await openWindow({ preload: path.join(__dirname, 'preload.cjs'), stateFile });
    window.on('closed', () => {
      window = undefined;
    });
  };
  app.on('second-instance', () => {
    if (!window) return void open();
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('activate', () => {
    if (!window) void open();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  closeInOrder(async () => {
    batches.close();
    await connection.close();
    if (!settings.keepLabHost) await own.stop();
  }, log);
  await open();
}

/** `--phones N`: for this start only. */
function phonesAsked(argv: readonly string[]): number | undefined {
  const at = argv.findIndex((arg) => arg === '--phones' || arg.startsWith('--phones='));
  const text = argv[at]?.split('=')[1] ?? argv[at + 1];
  return at >= 0 && text !== undefined && /^\d{1,3}$/.test(text) ? Math.min(200, Number(text)) : undefined;
}

/** Electron quits when the last part is closed, or after a while all the same. */
function closeInOrder(close: () => Promise<void>, log: (message: string) => void): void {
  const limit = () => new Promise<void>((resolve) => void setTimeout(resolve, CLOSE_TIMEOUT_MS).unref());
  const closeAndExit = async () => {
    await Promise.race([close(), limit()]).catch((error: unknown) => log(`closing: ${String(error)}`));
    app.exit(0);
  };
  let closing = false;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (closing) return;
    closing = true;
    void closeAndExit();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
}
