// For tests: the programs that read Android's formats, where set-up put them.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AbhayaError } from '#base';
import { loadToolchain } from '#lab/toolchain';

const run = promisify(execFile);
const OUTPUT_MAX = 64 * 1024 * 1024;

export type AndroidTool = 'dexdump' | 'aapt2' | 'zipalign' | 'apksigner';

/** What it prints. Rejects when it ends with another code than 0. */
export async function androidTool(tool: AndroidTool, args: readonly string[]): Promise<string> {
  const file = join(loadToolchain().cacheDir, 'tools', 'android.json');
  const text = await readFile(file, 'utf8').catch(() => {
    throw new AbhayaError('host.setup', `${tool} is not there; type: npm run setup -- --android`);
  });
  const { tools } = JSON.parse(text) as { tools: Record<AndroidTool, string> };
  const { stdout, stderr } = await run(tools[tool], [...args], { maxBuffer: OUTPUT_MAX });
  return stdout + stderr;
}
