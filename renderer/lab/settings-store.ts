// The app's settings in the window: as the main process has them, changed by its verb only.

import { create } from 'zustand';
import type { AppSettings } from '#schemas';
import { call } from '../api/bridge.ts';

const before: AppSettings = { theme: 'system', phones: 5, keepLabHost: false, notifications: true };

export const useSettings = create<AppSettings>(() => before);

/** Returns the function that ends it. */
export function followSettings(): () => void {
  void call('settings.get', {}).then(
    (settings) => useSettings.setState(settings),
    () => undefined,
  );
  return window.abhaya.on('settings', (settings) => useSettings.setState(settings));
}

export const changeSettings = async (changes: Partial<AppSettings>): Promise<void> => {
  useSettings.setState(await call('settings.set', changes));
};
