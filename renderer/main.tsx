// Entry of the window.

import '@fontsource-variable/inter/index.css';
import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { followProgress } from './features/tasks/progress-store.ts';
import { followSaves } from './features/tasks/saved-outputs.ts';
import { followLab } from './lab/lab-feed.ts';
import { followSettings } from './lab/settings-store.ts';
import { styleNonce } from './parts/style-nonce.ts';
import { App } from './shell/App.tsx';
import { followTaskNotes } from './shell/follow-task-notes.ts';

const cache = createCache({ key: 'ab', prepend: true, ...(styleNonce ? { nonce: styleNonce } : {}) });

followSettings();
followLab();
followProgress();
followSaves();
followTaskNotes();
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <CacheProvider value={cache}>
      <App />
    </CacheProvider>
  </StrictMode>,
);
