// What the window needs on Linux besides Electron: its libraries, and for tests without a display, Xvfb.

/** First list that resolves is taken: names changed with the move to 64-bit time. */
export const electronLibraries = {
  name: 'electron-libraries',
  packages: [
    [
      'libgtk-3-0t64',
      'libnss3',
      'libasound2t64',
      'libgbm1',
      'libatk-bridge2.0-0t64',
      'libcups2t64',
      'libxcomposite1',
      'libxdamage1',
      'libxfixes3',
      'libxrandr2',
      'libxkbcommon0',
      'libdrm2',
    ],
    [
      'libgtk-3-0',
      'libnss3',
      'libasound2',
      'libgbm1',
      'libatk-bridge2.0-0',
      'libcups2',
      'libxcomposite1',
      'libxdamage1',
      'libxfixes3',
      'libxrandr2',
      'libxkbcommon0',
      'libdrm2',
    ],
  ],
};

/**
 * Xvfb starts `/usr/bin/xkbcomp`, a path that is compiled in. In our copy that is a path relative to its working
 * folder, of the same length; the wrapper goes there first.
 */
const compiledIn = '/usr/bin\0';
const relative = '././/bin\0';

/** @returns {readonly import('./tool-catalog.mjs').Group[]} */
export const displayGroups = () => [
  {
    name: 'display',
    packages: [['xvfb', 'xkb-data', 'x11-xkb-utils']],
    status: 'system',
    size: '5 to 60 MB',
    tools: [
      {
        key: 'xvfb',
        system: ['Xvfb'],
        places: ['usr/bin/Xvfb'],
        probe: { args: ['-help'], accept: (output) => /-screen scrn/.test(output) },
        replace: [compiledIn, relative],
        wrap: (root) =>
          [
            `root="${root}"`,
            'cd "$root/usr"; [ -x bin/xkbcomp ] || cd /usr',
            'xkb=$root/usr/share/X11/xkb; [ -d "$xkb" ] || xkb=/usr/share/X11/xkb',
            'exec "$root/usr/bin/Xvfb" -xkbdir "$xkb" "$@"',
          ].join('\n'),
      },
    ],
  },
];
