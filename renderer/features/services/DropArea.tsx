// A page on which files may be dropped anywhere; says so while something is dragged over it.

import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { type DragEvent, type ReactNode, useState } from 'react';

export function DropArea({
  onFiles,
  children,
}: {
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
}) {
  const [over, setOver] = useState(false);
  const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  return (
    <Box
      onDragOver={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget as Node | null)) setOver(false);
      }}
      onDropCapture={() => setOver(false)}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        onFiles([...event.dataTransfer.files]);
      }}
      sx={{ minHeight: '100%', position: 'relative' }}
    >
      {children}
      {over && (
        <Box
          aria-hidden
          sx={({ palette }) => ({
            position: 'fixed',
            bottom: 24,
            left: '50%',
            transform: 'translateX(-50%)',
            px: 2.5,
            py: 1.25,
            borderRadius: 2,
            bgcolor: palette.primary.main,
            color: palette.primary.contrastText,
            boxShadow: 6,
            pointerEvents: 'none',
            zIndex: 1,
          })}
        >
          <Typography variant="body2">
            Drop a package anywhere to install it, any other file on a card to run it
          </Typography>
        </Box>
      )}
    </Box>
  );
}
