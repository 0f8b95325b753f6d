// What makes and looks into Android's formats, from Debian: dexdump for the supervisor's dex, and what an APK is made of.
// Only `npm test` and `npm run setup -- --android` fetch them.

const buildTools = 'usr/lib/android-sdk/build-tools/debian';

/** @returns {readonly import('./tool-catalog.mjs').Group[]} */
export const androidGroups = () => [
  {
    name: 'dexdump',
    packages: [['dexdump']],
    status: 'system',
    size: '5 MB',
    tools: [
      {
        key: 'dexdump',
        system: ['dexdump'],
        places: [`${buildTools}/dexdump`],
        // Without arguments both say what they are, and end with 2.
        probe: { args: [], codes: [2], accept: (output) => /No file specified/.test(output) },
      },
    ],
  },
  {
    name: 'aapt',
    packages: [['aapt', 'zipalign']],
    status: 'system',
    size: '5 MB',
    tools: [
      {
        key: 'aapt2',
        system: ['aapt2'],
        places: [`${buildTools}/aapt2`],
        probe: { args: ['version'], accept: (output) => /Android Asset Packaging Tool/.test(output) },
      },
      {
        key: 'zipalign',
        system: ['zipalign'],
        places: [`${buildTools}/zipalign`],
        probe: { args: [], codes: [2], accept: (output) => /Zip alignment utility/.test(output) },
      },
    ],
  },
  {
    // Two jars: their package asks for a Java with a window system, and we have a Java already.
    name: 'apksigner',
    packages: [['apksigner', 'libapksig-java']],
    exact: true,
    status: 'system',
    size: '1 MB',
    tools: [
      {
        key: 'apksigner',
        system: ['apksigner'],
        places: ['usr/share/java/apksigner.jar'],
        probe: { args: ['--version'], accept: (output) => /^\d/.test(output.trim()) },
        wrap: (root, place, tools) =>
          `exec "${tools.java}" -cp "${root}/${place}:${root}/usr/share/java/apksig.jar" com.android.apksigner.ApkSignerTool "$@"`,
      },
    ],
  },
];
