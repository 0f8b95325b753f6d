// Commands of the menu, carried out here.

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
  'go-settings': '/settings',
  'add-phones': '/fleet?add',
  'run-service': '/services',
};

export function useAppCommands(): void {
  const navigate = useNavigate();
  useEffect(
    () =>
      window.abhaya.on('command', ({ name }) => {
        const place = places[name];
        if (name === 'palette') openPalette();
        else if (place !== undefined) void navigate(place);
      }),
    [navigate],
  );
}
