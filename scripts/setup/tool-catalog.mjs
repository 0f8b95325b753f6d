// Which programs the lab needs on Linux, what of the system's is new enough, and which Debian packages have them.

export const versionAtLeast = (text, pattern, wanted) => {
  const [, found] = pattern.exec(text) ?? [];
  if (found === undefined) return false;
  const have = found.split('.').map(Number);
  const want = wanted.split('.').map(Number);
  for (let i = 0; i < want.length; i++) if ((have[i] ?? 0) !== want[i]) return (have[i] ?? 0) > want[i];
  return true;
};

const staticProgram = '#include <stdio.h>\nint main(void) { puts("ok"); return 0; }\n';

/**
 * A probe says whether a program can be used: `args` (and `input`) run it, `accept` judges its output. `codes`: exit
 * codes that are right, if not 0.
 * @typedef {{args: readonly string[], input?: string, codes?: readonly number[], accept: (output: string) => boolean}} Probe
 *
 * A tool: its key in tools.json, names on PATH (none: the system's is never taken), places in the packages,
 * how it is probed, and how it is wrapped when it comes out of packages.
 * @typedef {{key: string, system: readonly string[], places: readonly string[], probe: Probe,
 *   wrap?: (root: string, place: string, tools: Record<string, string>) => string}} Tool
 *
 * @typedef {{name: string, packages: readonly (readonly string[])[], tools: readonly Tool[], status: 'system' | 'none',
 *   optional?: boolean, exact?: boolean, brew?: string, byHand?: string, size: string,
 *   archive?: Archive}} Group   `packages`: first list
 *   that resolves is taken, with what it needs unless it is `exact`.
 *
 * A Go module instead of packages: what of its paths is kept, and which of them are programs.
 * @typedef {{module: string, version: string, sha256: string, keep: RegExp, programs: RegExp}} Archive
 */

const prints = (args, pattern) => ({ args, accept: (output) => pattern.test(output) });
const linksStatic = {
  args: ['-x', 'c', '-', '-static', '-o', '/dev/null'],
  input: staticProgram,
  accept: () => true,
};

const hostTriplet = (arch) => ({ x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' })[arch] ?? 'unknown';

const cross = (key, triplet, debian, optional) => ({
  name: key,
  packages: [[`gcc-${triplet}`, `binutils-${triplet}`, `libc6-dev-${debian}-cross`]],
  status: 'system',
  optional,
  size: '60 MB',
  tools: [
    {
      key: `cc${key}`,
      system: [`${triplet}-gcc`],
      places: [`usr/bin/${triplet}-gcc`],
      probe: linksStatic,
      wrap: (root, place) => `exec "${root}/${place}" -B"${root}/usr/${triplet}/bin" "$@"`,
    },
    {
      key: `strip${key}`,
      system: [`${triplet}-strip`],
      places: [`usr/bin/${triplet}-strip`],
      probe: prints(['--version'], /GNU strip/),
    },
  ],
});

/** @returns {readonly Group[]} patchelf first: the other groups' programs are patched with it. */
export function toolGroups(arch = process.arch) {
  const triplet = hostTriplet(arch);
  const groups = [
    {
      name: 'patchelf',
      packages: [['patchelf']],
      status: 'system',
      brew: 'patchelf',
      size: '1 MB',
      tools: [
        {
          key: 'patchelf',
          system: ['patchelf'],
          places: ['usr/bin/patchelf'],
          probe: {
            args: ['--version'],
            accept: (output) => versionAtLeast(output, /patchelf (\d[\d.]*)/, '0.12'),
          },
        },
      ],
    },
    {
      name: 'adb',
      packages: [['adb']],
      status: 'system',
      brew: 'android-platform-tools',
      size: '3 MB',
      tools: [
        {
          key: 'adb',
          system: ['adb'],
          places: ['usr/bin/adb', 'usr/lib/android-sdk/platform-tools/adb'],
          probe: {
            args: ['version'],
            accept: (output) => versionAtLeast(output, /^Version (\d[\d.]*)/m, '29'),
          },
        },
      ],
    },
    {
      // Always from packages where that works: the phones' userland should not differ from machine to machine.
      name: 'userland',
      packages: [['mksh', 'toybox']],
      status: 'system',
      size: '8 MB',
      tools: [
        {
          key: 'mksh',
          system: ['mksh'],
          places: ['bin/mksh', 'usr/bin/mksh'],
          probe: prints(['-c', 'echo "$KSH_VERSION"'], /MIRBSD KSH/),
        },
        {
          key: 'toybox',
          system: ['toybox'],
          places: ['bin/toybox', 'usr/bin/toybox'],
          probe: prints(['--version'], /toybox \d/),
        },
      ],
      preferPackages: true,
    },
    {
      // With everything that it needs, since a compiler looks for headers and libraries in one root.
      name: 'compiler',
      packages: [['gcc', 'binutils', 'libc6-dev', 'make']],
      status: 'none',
      size: '80 MB',
      tools: [
        {
          key: 'cc',
          system: ['gcc', 'cc'],
          places: [`usr/bin/${triplet}-gcc`, 'usr/bin/gcc'],
          probe: linksStatic,
          wrap: (root, place) => `exec "${root}/${place}" --sysroot="${root}" -B"${root}/usr/bin" "$@"`,
        },
        {
          key: 'make',
          system: ['make', 'gmake'],
          places: ['usr/bin/make'],
          probe: prints(['--version'], /GNU Make/),
        },
        {
          key: 'strip',
          system: ['strip'],
          places: ['usr/bin/strip'],
          probe: prints(['--version'], /GNU strip/),
        },
        {
          key: 'readelf',
          system: ['readelf'],
          places: ['usr/bin/readelf'],
          probe: prints(['--version'], /GNU readelf/),
        },
      ],
    },
    {
      name: 'jdk',
      packages: [['openjdk-17-jdk-headless'], ['openjdk-21-jdk-headless'], ['default-jdk-headless']],
      status: 'system',
      brew: 'openjdk@17',
      size: '150 MB',
      tools: ['java', 'javac'].map((key) => ({
        key,
        system: [key],
        places: ['17', '21'].map(
          (v) => `usr/lib/jvm/java-${v}-openjdk-${arch === 'x64' ? 'amd64' : arch}/bin/${key}`,
        ),
        probe: {
          args: ['-version'],
          accept: (output) => versionAtLeast(output, /(?:version "|javac )(\d+)/, '17'),
        },
      })),
    },
    {
      // The sandbox lab measures it beside ours.
      name: 'bubblewrap',
      packages: [['bubblewrap']],
      status: 'system',
      optional: true,
      size: '1 MB',
      tools: [
        {
          key: 'bwrap',
          system: ['bwrap'],
          places: ['usr/bin/bwrap'],
          probe: prints(['--version'], /bubblewrap \d/),
        },
      ],
    },
    {
      name: 'maven',
      packages: [['maven']],
      status: 'system',
      brew: 'maven',
      size: '15 MB',
      tools: [
        {
          key: 'mvn',
          system: ['mvn'],
          places: ['usr/share/maven/bin/mvn'],
          probe: {
            args: ['-B', '-v'],
            accept: (output) => versionAtLeast(output, /Apache Maven (\d[\d.]*)/, '3.6'),
          },
          wrap: (root, place, tools) =>
            `JAVA_HOME=\${JAVA_HOME:-"${tools.java.replace(/\/bin\/java$/, '')}"} M2_HOME= exec "${root}/${place}" "$@"`,
        },
      ],
    },
  ];
  if (arch === 'x64')
    groups.push(
      cross('Arm64', 'aarch64-linux-gnu', 'arm64', false),
      cross('Arm', 'arm-linux-gnueabihf', 'armhf', true),
    );
  if (arch === 'arm64') groups.push(cross('X64', 'x86-64-linux-gnu', 'amd64', true));
  return groups;
}

/** What a person pastes on a system where we can't unpack packages. */
export function installCommand(groups, pathLookup) {
  const debian = groups.flatMap((group) => group.packages[0] ?? []);
  const noPackage = groups.filter((group) => group.packages.length === 0);
  if (noPackage.length === groups.length) return noPackage.map((group) => group.byHand).join(', ');
  if (pathLookup('apt-get')) return `sudo apt-get update && sudo apt-get install -y ${debian.join(' ')}`;
  const other = 'adb mksh toybox patchelf gcc (with static libc) make binutils, JDK 17 and Maven';
  if (pathLookup('brew')) return `brew install ${groups.flatMap((group) => group.brew ?? []).join(' ')}`;
  if (pathLookup('dnf'))
    return 'sudo dnf install -y android-tools mksh toybox patchelf gcc glibc-static make binutils java-17-openjdk-devel java-17-openjdk-jmods maven gcc-aarch64-linux-gnu';
  if (pathLookup('pacman'))
    return 'sudo pacman -S --needed android-tools mksh toybox patchelf gcc make binutils jdk17-openjdk maven aarch64-linux-gnu-gcc';
  return `install with your package manager: ${other}`;
}
