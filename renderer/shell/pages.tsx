// The pages, in the order of the navigation.

import {
  mdiBatteryHeart,
  mdiCellphoneLink,
  mdiCog,
  mdiGraphOutline,
  mdiPackageVariantClosed,
  mdiShieldLockOutline,
  mdiTimelineClockOutline,
} from '@mdi/js';
import type { ReactNode } from 'react';
import { FleetPage } from '../features/fleet/FleetPage.tsx';
import { MeshPage } from '../features/mesh/MeshPage.tsx';
import { PowerPage } from '../features/power/PowerPage.tsx';
import { SandboxPage } from '../features/sandbox/SandboxPage.tsx';
import { ServicesPage } from '../features/services/ServicesPage.tsx';
import { SettingsPage } from '../features/settings/SettingsPage.tsx';
import { TasksPage } from '../features/tasks/TasksPage.tsx';

export interface Page {
  readonly path: string;
  readonly name: string;
  readonly icon: string;
  readonly keys: string;
  readonly element: ReactNode;
}

export const pages: readonly Page[] = [
  { path: '/fleet', name: 'Fleet', icon: mdiCellphoneLink, keys: 'Ctrl+1', element: <FleetPage /> },
  { path: '/mesh', name: 'Mesh', icon: mdiGraphOutline, keys: 'Ctrl+2', element: <MeshPage /> },
  {
    path: '/services',
    name: 'Services',
    icon: mdiPackageVariantClosed,
    keys: 'Ctrl+3',
    element: <ServicesPage />,
  },
  { path: '/tasks', name: 'Tasks', icon: mdiTimelineClockOutline, keys: 'Ctrl+4', element: <TasksPage /> },
  { path: '/power', name: 'Power', icon: mdiBatteryHeart, keys: 'Ctrl+5', element: <PowerPage /> },
  { path: '/sandbox', name: 'Sandbox', icon: mdiShieldLockOutline, keys: 'Ctrl+6', element: <SandboxPage /> },
  { path: '/settings', name: 'Settings', icon: mdiCog, keys: 'Ctrl+,', element: <SettingsPage /> },
];
