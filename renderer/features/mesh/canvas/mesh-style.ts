// How nodes and links look, from the theme. Colours mean what they mean everywhere; the accent marks what is chosen
// and the way of a task.

import type { Theme } from '@mui/material/styles';
import type { StylesheetJson } from 'cytoscape';
import type { Tone } from '../../../theme/theme.ts';

/** Beyond so many nodes the drawing is plainer: small dots, straight lines, names only from near. */
export const LARGE_FROM = 200;

export function meshStyle({ palette, typography }: Theme, large: boolean): StylesheetJson {
  const tones: Tone[] = ['ok', 'busy', 'warn', 'bad', 'off'];
  const accent = palette.primary.main;
  const label = {
    'font-family': String(typography.fontFamily),
    color: palette.text.primary,
    'text-background-color': palette.background.default,
    'text-background-opacity': large ? 0 : 0.85,
    'text-background-padding': '2px',
  };
  return [
    {
      selector: 'node',
      style: {
        ...label,
        label: large ? 'data(id)' : 'data(label)',
        width: large ? 22 : 34,
        height: large ? 22 : 34,
        'border-width': large ? 4 : 3,
        'font-size': large ? 10 : 12,
        'font-weight': 600,
        'text-valign': 'bottom',
        'text-margin-y': large ? 2 : 6,
        'text-wrap': large ? 'none' : 'wrap',
        'line-height': 1.15,
        'min-zoomed-font-size': large ? 9 : 6,
      },
    },
    ...tones.map((tone) => ({
      selector: `node.${tone}`,
      style: {
        'background-color': large ? palette.tones[tone].dot : palette.tones[tone].fill,
        'border-color': palette.tones[tone].dot,
      },
    })),
    {
      selector: 'edge',
      style: {
        ...label,
        width: large ? 4 : 2,
        'line-color': palette.mode === 'dark' ? '#6b7686' : '#8d97a6',
        'curve-style': large ? 'haystack' : 'straight',
        'haystack-radius': 0,
        ...(large
          ? {}
          : {
              label: 'data(label)',
              'font-size': 10,
              'min-zoomed-font-size': 7,
              color: palette.text.secondary,
            }),
      },
    },
    { selector: 'edge.fair', style: { 'line-color': palette.tones.warn.dot } },
    { selector: 'edge.poor', style: { 'line-color': palette.tones.bad.dot } },
    { selector: 'edge.unknown', style: { 'line-style': 'dotted' } },
    { selector: 'edge.unused', style: { opacity: 0.45 } },
    { selector: 'edge.load1', style: { width: 3 } },
    { selector: 'edge.load2', style: { width: 4.5 } },
    { selector: 'edge.load3', style: { width: 6 } },
    {
      selector: 'edge.down',
      style: { 'line-style': 'dashed', 'line-color': palette.tones.off.dot, opacity: 0.6, width: 1.5 },
    },
    { selector: '.dim', style: { opacity: 0.2 } },
    { selector: '.left-out', style: { display: 'none' } },
    {
      selector: 'edge.path',
      style: {
        'curve-style': 'straight',
        'line-color': accent,
        'target-arrow-color': accent,
        'source-arrow-color': accent,
        'arrow-scale': 1.1,
        'line-style': 'dashed',
        'line-dash-pattern': large ? [24, 8] : [9, 5],
        width: large ? 10 : 4,
        opacity: 1,
        'z-index': 10,
      },
    },
    { selector: 'edge.forwards', style: { 'target-arrow-shape': 'triangle' } },
    { selector: 'edge.backwards', style: { 'source-arrow-shape': 'triangle' } },
    {
      selector: 'node.path',
      style: {
        'border-color': accent,
        opacity: 1,
        'z-index': 11,
        ...(large ? { width: 30, height: 30 } : {}),
      },
    },
    { selector: 'node.path-end', style: { 'border-width': large ? 7 : 5 } },
    {
      selector: '.chosen',
      style: {
        'underlay-color': accent,
        'underlay-opacity': 0.28,
        'underlay-padding': large ? 8 : 7,
        'underlay-shape': 'ellipse',
        opacity: 1,
        'z-index': 12,
      },
    },
  ] as StylesheetJson;
}
