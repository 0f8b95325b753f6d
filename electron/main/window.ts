// The one window: sandboxed, on our own page only, where it was last time.

import path from 'node:path';
import { BrowserWindow, nativeTheme, session } from 'electron';
import { APP_ORIGIN } from '#schemas';
import type { JsonFile } from './app-files.ts';
import { followWindow, onScreen, type WindowState } from './window-state.ts';

export interface OpenWindowOptions {
  readonly preload: string;
  readonly stateFile: JsonFile<WindowState>;
}

const MIN = { width: 720, height: 480 };

export async function openWindow({ preload, stateFile }: OpenWindowOptions): Promise<BrowserWindow> {
  const state = onScreen(await stateFile.read());
  const { maximized, ...bounds } = state;
  const window = new BrowserWindow({
    ...bounds,
    minWidth: MIN.width,
    minHeight: MIN.height,
    show: false,
    title: 'Abhaya Lab',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#12151b' : '#f6f7f9',
    webPreferences: {
      preload: path.resolve(preload),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  });
  stayHome(window);
  const save = followWindow(window, stateFile);
  window.on('close', () => void save());
  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    window.show();
  });
  await window.loadURL(`${APP_ORIGIN}/index.html`);
  return window;
}

/** No other page, no window of a page's, no permission, no download. */
function stayHome(window: BrowserWindow): void {
  const { webContents } = window;
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  const isHome = (url: string) => url.startsWith(`${APP_ORIGIN}/index.html`);
  webContents.on('will-navigate', (event, url) => {
    if (!isHome(url)) event.preventDefault();
  });
  webContents.on('will-frame-navigate', (event) => {
    if (!isHome(event.url)) event.preventDefault();
  });
  webContents.on('will-attach-webview', (event) => event.preventDefault());
}

/** Once, before the first window. */
export function lockSession(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.on('will-download', (event) => event.preventDefault());
}
