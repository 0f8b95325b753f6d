// Messages in the corner: errors stay until they are dismissed, the rest goes by itself.

import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useEffect } from 'react';
import { dismiss, type Message, useMessages } from './messages-store.ts';

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
        right: 16,
        bottom: 16,
        zIndex: 'snackbar',
        display: 'flex',
        flexDirection: 'column',
        gap: 1,
        maxWidth: 440,
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
