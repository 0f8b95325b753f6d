// The only thing that the window gets of Electron: verbs by name, events by name, and handles for dropped files.

import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { AppBridge } from '#schemas';

const VERB_CHANNEL = 'abhaya:verb';
const EVENT_CHANNEL = 'abhaya:event';

const bridge: AppBridge = {
  call(verb, params) {
    // A page may not name files by path: only a File that a person dropped or chose becomes a handle.
    if (verb === 'files.register') throw new Error('files are registered by fileOf');
    return ipcRenderer.invoke(VERB_CHANNEL, verb, params);
  },
  // The path is Chromium's, not the page's: a File that the page made itself has none.
  fileOf: (file) =>
    ipcRenderer.invoke(VERB_CHANNEL, 'files.register', { path: webUtils.getPathForFile(file) }),
  on(event, listener) {
    const onEvent = (_: unknown, name: unknown, data: Parameters<typeof listener>[0]) => {
      if (name === event) listener(data);
    };
    ipcRenderer.on(EVENT_CHANNEL, onEvent);
    return () => ipcRenderer.removeListener(EVENT_CHANNEL, onEvent);
  },
};

contextBridge.exposeInMainWorld('abhaya', bridge);
