// The menu: what the platform expects, and ways to every page by keyboard. The window carries the commands out.

import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { AppCommand } from '#schemas';

export function setMenu(send: (command: AppCommand) => void): void {
  const item = (label: string, name: AppCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => send(name),
    ...(accelerator ? { accelerator } : {}),
  });
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        item('Add virtual phones…', 'add-phones', 'CmdOrCtrl+N'),
        item('Run a service…', 'run-service', 'CmdOrCtrl+R'),
        { type: 'separator' },
        item('Settings', 'go-settings', 'CmdOrCtrl+,'),
        { type: 'separator' },
        process.platform === 'darwin' ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        item('Command palette', 'palette', 'CmdOrCtrl+K'),
        { type: 'separator' },
        item('Fleet', 'go-fleet', 'CmdOrCtrl+1'),
        item('Mesh', 'go-mesh', 'CmdOrCtrl+2'),
        item('Services', 'go-services', 'CmdOrCtrl+3'),
        item('Tasks', 'go-tasks', 'CmdOrCtrl+4'),
        item('Power', 'go-power', 'CmdOrCtrl+5'),
        item('Sandbox', 'go-sandbox', 'CmdOrCtrl+6'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' as const }]),
      ],
    },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
