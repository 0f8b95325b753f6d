// What the arm64 machine of the tests is made of: QEMU for this machine, and for the guest a kernel, a few programs and
// their libraries. Fetched by `npm test` and `npm run setup -- --arm64` only.

/** Runs single programs of arm64 on this machine: it prepares the classes of the phones' JVM. */
const emulatorGroup = {
  name: 'qemu-user',
  packages: [['qemu-user']],
  status: 'system',
  size: '15 MB',
  tools: [
    {
      key: 'qemuUserArm64',
      system: ['qemu-aarch64', 'qemu-aarch64-static'],
      places: ['usr/bin/qemu-aarch64'],
      probe: {
        args: ['--version'],
        accept: (output) => /qemu-aarch64 version (?:[7-9]|\d\d)\./.test(output),
      },
    },
  ],
};

/** @returns {readonly import('./tool-catalog.mjs').Group[]} */
export const machineGroups = () => [
  {
    name: 'qemu',
    packages: [['qemu-system-arm']],
    status: 'system',
    size: '20 MB',
    tools: [
      {
        key: 'qemuArm64',
        system: ['qemu-system-aarch64'],
        places: ['usr/bin/qemu-system-aarch64'],
        probe: {
          args: ['--version'],
          accept: (output) => /QEMU emulator version (?:[7-9]|\d\d)\./.test(output),
        },
      },
    ],
  },
  ...(process.arch === 'arm64' ? [] : [emulatorGroup]),
];

/** Names its kernel's version, which changes; the kernel is what it depends on. */
export const kernelPackage = 'linux-image-cloud-arm64';

/** Of the guest, without what else they need: their libraries are named here. */
export const guestPackages = [
  ...['libc6', 'libcrypt1', 'libstdc++6', 'libgcc-s1', 'zlib1g', 'toybox', 'mksh'],
  // A phone's storage is a disk, made when it starts.
  ...['e2fsprogs', 'libext2fs2', 'libcom-err2', 'libblkid1', 'libuuid1'],
  'openjdk-17-jre-headless',
];

/** In the order in which they are loaded. */
export const guestModules = [
  'drivers/virtio/virtio_ring.ko',
  'drivers/virtio/virtio.ko',
  'drivers/virtio/virtio_pci_legacy_dev.ko',
  'drivers/virtio/virtio_pci_modern_dev.ko',
  'drivers/virtio/virtio_pci.ko',
  'drivers/char/virtio_console.ko',
  'net/core/failover.ko',
  'drivers/net/net_failover.ko',
  'drivers/net/virtio_net.ko',
  'drivers/block/virtio_blk.ko',
];

/** Files of the packages that the guest gets, by where they lie there. */
export const guestFiles = [
  'bin/toybox',
  'bin/mksh',
  'lib/ld-linux-aarch64.so.1',
  'lib/aarch64-linux-gnu/libc.so.6',
  'lib/aarch64-linux-gnu/libm.so.6',
  'lib/aarch64-linux-gnu/libcrypt.so.1',
  'lib/aarch64-linux-gnu/libz.so.1',
  'lib/aarch64-linux-gnu/libgcc_s.so.1',
  'usr/lib/aarch64-linux-gnu/libstdc++.so.6',
  'sbin/mke2fs',
  'lib/aarch64-linux-gnu/libext2fs.so.2',
  'lib/aarch64-linux-gnu/libe2p.so.2',
  'lib/aarch64-linux-gnu/libcom_err.so.2',
  'usr/lib/aarch64-linux-gnu/libblkid.so.1',
  'usr/lib/aarch64-linux-gnu/libuuid.so.1',
];

/** The JVM that the supervisor runs on, as the guest's phone has it: `/apex/jvm`. */
export const guestJvm = {
  home: 'usr/lib/jvm/java-17-openjdk-arm64',
  parts: ['bin/java', 'conf', 'lib', 'release'],
  /** Large, and for compilers or other settings of memory; or a link to a package that isn't there. */
  leftOut: /\/(?:ct\.sym|classes_nocoops\.jsa|cacerts)$/,
};
