// What the arm64 machine of the tests is made of: QEMU for this machine, and for the guest a kernel, a few programs and
// their libraries. Fetched by `npm test` only.

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
];

/** Names its kernel's version, which changes; the kernel is what it depends on. */
export const kernelPackage = 'linux-image-cloud-arm64';

/** Of the guest, without what else they need: their libraries are named here. */
export const guestPackages = ['libc6', 'libcrypt1', 'toybox', 'mksh'];

/** In the order in which they are loaded. */
export const guestModules = [
  'virtio/virtio_ring.ko',
  'virtio/virtio.ko',
  'virtio/virtio_pci_legacy_dev.ko',
  'virtio/virtio_pci_modern_dev.ko',
  'virtio/virtio_pci.ko',
  'char/virtio_console.ko',
];

/** Files of the packages that the guest gets, by where they lie there. */
export const guestFiles = [
  'bin/toybox',
  'bin/mksh',
  'lib/ld-linux-aarch64.so.1',
  'lib/aarch64-linux-gnu/libc.so.6',
  'lib/aarch64-linux-gnu/libm.so.6',
  'lib/aarch64-linux-gnu/libcrypt.so.1',
];
