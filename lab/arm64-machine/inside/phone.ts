// Runs inside the machine: a virtual phone, whose adbd is reached from outside. Says `ready` on stdout when it is, and ends,
// and the machine with it, when the phone has died.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { silentLogger } from '#base';
import { startVirtualPhone } from '#lab/virtual-phone';

/** What QEMU forwards goes to the guest's own address; adbd listens on the loopback only. */
const DOOR = { host: '10.0.2.15', port: 5555 };

// The root has no size, so nothing in it has free storage; and programs on a tmpfs would count as a service's memory.
const STORAGE = '/data/disk';
mkdirSync(STORAGE);
execFileSync('/sbin/mke2fs', ['-q', '-t', 'ext4', '-O', '^has_journal', '-E', 'nodiscard', '/dev/vda']);
execFileSync('/bin/toybox', ['mount', '-t', 'ext4', '/dev/vda', STORAGE]);

const phone = await startVirtualPhone({
  dir: `${STORAGE}/phone`,
  imageDir: '/data/images',
  name: 'arm64',
  profile: 'flagship',
  // The phone finds the Node.js that the machine runs on, as an image would have it.
  preload: '/data/local/tmp/abhaya',
  tools: {
    node: process.execPath,
    entry: '/machine/virtual-phone.mjs',
    shell: '/bin/mksh',
    toybox: '/bin/toybox',
    phoneInit: '/machine/phone-init',
    phoneCall: '/machine/phone-call',
    jvm: '/opt/jvm',
  },
  logger: silentLogger,
});
// Whoever reaches the loopback of the machine outside may use it; there is nothing in it but the phone.
await phone.allowAuth();
const door = createServer((outer) => {
  const inner = connect(Number(phone.adbAddress.split(':')[1]), '127.0.0.1');
  for (const socket of [outer, inner]) {
    socket.setNoDelay(true);
    socket.on('error', () => {});
  }
  outer.pipe(inner).pipe(outer);
  outer.on('close', () => inner.destroy());
  inner.on('close', () => outer.destroy());
}).listen(DOOR, () => {
  const { serial, isolation, isolationNote: why } = phone;
  writeSync(1, `${JSON.stringify({ kind: 'ready', serial, isolation, why })}\n`);
});
const reason = await phone.exited;
door.close();
process.stderr.write(`the phone has died: ${reason}\n`);
process.exit(1);
