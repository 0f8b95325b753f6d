// A display that nobody sees: Xvfb as set-up provides it, on a number that is free.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadToolchain } from '#lab/toolchain';

export interface Display {
  readonly name: string;
  close(): Promise<void>;
}

export async function openDisplay(size = '1920x1080x24'): Promise<Display> {
  const file = path.join(loadToolchain().cacheDir, 'tools', 'display.json');
  const { xvfb } = (JSON.parse(readFileSync(file, 'utf8')) as { tools: { xvfb: string } }).tools;
  const child = spawn(xvfb, ['-displayfd', '1', '-screen', '0', size, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [first] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`Xvfb ended with ${String(code)}`);
    }),
  ])) as [Buffer];
  return {
    name: `:${first.toString().trim()}`,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
