// Commands of the menu and their keys, carried out here. The page hears a key before the menu does and takes it, so
// that keys work in a window without a menu bar too.

import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import type { AppCommand } from '#schemas';
import { openPalette } from './palette-store.ts';

const places: Partial<Record<AppCommand, string>> = {
  'go-fleet': '/fleet',
  'go-mesh': '/mesh',
  'go-services': '/services',
  'go-tasks': '/tasks',
  'go-power': '/power',
  'go-sandbox': '/sandbox',
  'go-settings': '/settings',
  'add-phones': '/fleet?add',
  'run-service': '/services',
};

const keys: Readonly<Record<string, AppCommand>> = {
  k: 'palette',
  n: 'add-phones',
  r: 'run-service',
  ',': 'go-settings',
  '1': 'go-fleet',
  '2': 'go-mesh',
  '3': 'go-services',
  '4': 'go-tasks',
  '5': 'go-power',
  '6': 'go-sandbox',
};

export function useAppCommands(): void {
  const navigate = useNavigate();
  useEffect(() => {
    const carryOut = (name: AppCommand): void => {
      const place = places[name];
      if (name === 'palette') openPalette();
      else if (place !== undefined) void navigate(place);
    };
    const onKey = (event: KeyboardEvent): void => {
      const command = keys[event.key.toLowerCase()];
      if (command === undefined || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      carryOut(command);
    };
    window.addEventListener('keydown', onKey);
    const stop = window.abhaya.on('command', ({ name }) => carryOut(name));
    return () => {
      window.removeEventListener('keydown', onKey);
      stop();
    };
  }, [navigate]);
}
