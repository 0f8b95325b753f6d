// Copies a text that is shown shortened or is long to type.

import { mdiCheck, mdiContentCopy } from '@mdi/js';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import { useEffect, useState } from 'react';
import { call } from '../api/bridge.ts';
import { showError } from '../shell/messages-store.ts';
import { Icon } from './Icon.tsx';

const SHOWN_MS = 1_500;

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = window.setTimeout(() => setCopied(false), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [copied]);
  return (
    <Tooltip title={copied ? 'Copied' : `Copy ${what}`}>
      <IconButton
        aria-label={`Copy ${what}`}
        onClick={(event) => {
          event.stopPropagation();
          call('text.copy', { text }).then(() => setCopied(true), showError);
        }}
        sx={{ p: 0.5 }}
      >
        <Icon path={copied ? mdiCheck : mdiContentCopy} sx={{ fontSize: 15 }} />
      </IconButton>
    </Tooltip>
  );
}
