// Messages beside the navigation, as panels and their actions are at the right: errors stay until they are dismissed,
// the rest goes by itself.

import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useEffect } from 'react';
import { dismiss, type Message, useMessages } from './messages-store.ts';
import { NAV_WIDTH } from './NavRail.tsx';

const SHOWN_MS = 5_000;

export function Messages() {
  const messages = useMessages((data) => data.messages);
  return (
    <Box
      role="region"
      aria-label="Messages"
      aria-live="polite"
      sx={{
        position: 'fixed',
        left: NAV_WIDTH + 16,
        // A narrow window's panels reach under the messages, and the mesh has its legend there: what is to be pressed at
        // the bottom stays free.
        bottom: 80,
        zIndex: 'snackbar',
        display: 'flex',
        flexDirection: 'column',
        gap: 1,
        maxWidth: `min(440px, calc(100vw - ${NAV_WIDTH + 32}px))`,
        // Between the messages, and where there are none, the page is used as ever.
        pointerEvents: 'none',
        '& > *': { pointerEvents: 'auto' },
      }}
    >
      {messages.map((message) => (
        <One key={message.id} message={message} />
      ))}
    </Box>
  );
}

function One({ message }: { readonly message: Message }) {
  useEffect(() => {
    if (message.tone !== 'ok') return undefined;
    const timer = window.setTimeout(() => dismiss(message.id), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [message]);
  return (
    <Alert
      severity={message.tone === 'ok' ? 'success' : 'error'}
      variant="outlined"
      onClose={() => dismiss(message.id)}
      sx={{ bgcolor: 'background.paper', boxShadow: 4 }}
    >
      {message.text}
      {message.code && (
        <Typography component="span" sx={{ display: 'block', fontSize: 11, color: 'text.secondary' }}>
          {message.code}
        </Typography>
      )}
    </Alert>
  );
}
