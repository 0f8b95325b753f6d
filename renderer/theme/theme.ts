// Colours, type and density of the window. A colour means one thing everywhere: green works, blue is under way, amber
// wants a look, red is broken, grey is off. The accent (indigo) marks what can be pressed or is chosen, never a state.

import { createTheme, type Theme } from '@mui/material/styles';

export type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'off';

declare module '@mui/material/styles' {
  interface Palette {
    tones: Record<Tone, { readonly text: string; readonly fill: string; readonly dot: string }>;
    line: string;
    series: readonly string[];
  }
  interface PaletteOptions {
    tones?: Record<Tone, { readonly text: string; readonly fill: string; readonly dot: string }>;
    line?: string;
    series?: readonly string[];
  }
}

const light = {
  mode: 'light' as const,
  primary: { main: '#4338ca' },
  background: { default: '#f6f7f9', paper: '#ffffff' },
  text: { primary: '#1b1f27', secondary: '#545c6b' },
  divider: '#e2e5ea',
  line: '#c3c9d3',
  tones: {
    ok: { text: '#14632f', fill: '#e3f4e8', dot: '#1f9d4d' },
    busy: { text: '#0b4f9e', fill: '#e3effc', dot: '#1d74d8' },
    warn: { text: '#7a4a00', fill: '#fdf0d5', dot: '#d98a00' },
    bad: { text: '#a01c1c', fill: '#fce6e6', dot: '#d93636' },
    off: { text: '#4d5563', fill: '#eceef2', dot: '#8b93a1' },
  },
  series: ['#4338ca', '#0f766e', '#b45309', '#be185d', '#0369a1', '#4d7c0f', '#7e22ce', '#9f1239'],
};

const dark = {
  mode: 'dark' as const,
  primary: { main: '#a5b4fc' },
  // White on the library's own red is too faint.
  error: { main: '#f28b8b', contrastText: '#2a0e0f' },
  background: { default: '#12151b', paper: '#1a1e26' },
  text: { primary: '#e7eaf0', secondary: '#a3abb9' },
  divider: '#2b313c',
  line: '#454d5b',
  tones: {
    ok: { text: '#7fdb9d', fill: '#17301f', dot: '#3dbb69' },
    busy: { text: '#93c4fb', fill: '#16293f', dot: '#4c9bf0' },
    warn: { text: '#f1c26b', fill: '#352811', dot: '#e0a02c' },
    bad: { text: '#f7a1a1', fill: '#3a1b1d', dot: '#ec5c5c' },
    off: { text: '#b0b7c3', fill: '#262b35', dot: '#7b8494' },
  },
  series: ['#a5b4fc', '#5eead4', '#fbbf24', '#f9a8d4', '#7dd3fc', '#bef264', '#d8b4fe', '#fda4af'],
};

export function themeFor(mode: 'light' | 'dark'): Theme {
  return createTheme({
    palette: mode === 'dark' ? dark : light,
    shape: { borderRadius: 8 },
    typography: {
      fontFamily: '"Inter Variable", system-ui, sans-serif',
      fontSize: 13,
      h1: { fontSize: '1.25rem', fontWeight: 650, letterSpacing: '-0.01em' },
      h2: { fontSize: '1rem', fontWeight: 650 },
      h3: { fontSize: '0.875rem', fontWeight: 600 },
      button: { textTransform: 'none', fontWeight: 550 },
    },
    components: {
      // A ripple alone is hardly seen: who uses keys must see where they are.
      MuiButtonBase: {
        styleOverrides: {
          root: ({ theme }) => ({
            '&.Mui-focusVisible': { outline: `2px solid ${theme.palette.primary.main}`, outlineOffset: -2 },
          }),
        },
      },
      MuiButton: {
        defaultProps: { size: 'small', disableElevation: true },
        styleOverrides: { contained: { '&.Mui-focusVisible': { outlineOffset: 2 } } },
      },
      MuiTextField: { defaultProps: { size: 'small' } },
      MuiSelect: { defaultProps: { size: 'small' } },
      MuiIconButton: { defaultProps: { size: 'small' } },
      MuiTooltip: { defaultProps: { enterDelay: 400 } },
      MuiPaper: {
        defaultProps: { variant: 'outlined' },
        styleOverrides: { root: { backgroundImage: 'none' } },
      },
      MuiCssBaseline: {
        styleOverrides: {
          'html, body, #root': { height: '100%' },
          body: { overflow: 'hidden', fontVariantNumeric: 'tabular-nums' },
          '@media (prefers-reduced-motion: reduce)': {
            '*': { animationDuration: '0.01ms !important', transitionDuration: '0.01ms !important' },
          },
        },
      },
    },
  });
}
