// Where the window was: kept in a file, and used only where it still lies on a screen.

import { type BrowserWindow, type Rectangle, screen } from 'electron';
import { type Static, Type } from 'typebox';
import { type JsonFile, jsonFile } from './app-files.ts';

const WindowState = Type.Object(
  {
    x: Type.Optional(Type.Integer()),
    y: Type.Optional(Type.Integer()),
    width: Type.Integer({ minimum: 480, maximum: 20_000 }),
    height: Type.Integer({ minimum: 360, maximum: 20_000 }),
    maximized: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type WindowState = Static<typeof WindowState>;

const SAVE_AFTER_MS = 400;

export const windowStateFile = (file: string): JsonFile<WindowState> =>
  jsonFile(file, WindowState, { width: 1280, height: 800, maximized: false });

/** Without a place when that place is on no screen now. */
export function onScreen(state: WindowState): WindowState {
  const { x, y, width, height } = state;
  if (x === undefined || y === undefined) return state;
  const visible = screen
    .getAllDisplays()
    .some(({ workArea }) => overlap(workArea, { x, y, width, height }) > 100 * 100);
  return visible ? state : { width, height, maximized: state.maximized };
}

function overlap(a: Rectangle, b: Rectangle): number {
  const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return wide > 0 && high > 0 ? wide * high : 0;
}

/** Saves soon after every change, so that a crash loses nothing; returns what saves at once. */
export function followWindow(window: BrowserWindow, file: JsonFile<WindowState>): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const save = async () => {
    clearTimeout(timer);
    if (window.isDestroyed()) return;
    await file.write({ ...window.getNormalBounds(), maximized: window.isMaximized() }).catch(() => undefined);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void save(), SAVE_AFTER_MS);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('closed', () => clearTimeout(timer));
  return save;
}
