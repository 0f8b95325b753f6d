// `abhaya sandbox runtimes`: what this machine's sandbox offers, told by the supervisor after it ran its canaries.

import { silentLogger } from '#base';
import { openLocalSandbox } from '#lab/sandbox-lab';
import { loadToolchain } from '#lab/toolchain';
import { sandboxRuntimes } from '#schemas';
import type { CommandContext } from '../context.ts';
import { table } from '../print.ts';
import { sandboxLimits } from '../sandbox-limits.ts';

export async function sandboxRuntimesList({ printer, signal }: CommandContext): Promise<void> {
  const { sandbox, lacks } = await openLocalSandbox(loadToolchain(), {
    limits: sandboxLimits({ memoryMB: 64, seconds: 30, outputMB: 1 }),
    logger: silentLogger,
    signal,
  });
  const { capabilities } = sandbox;
  await sandbox.close();
  const runtimes = sandboxRuntimes.map((runtime) => {
    const offered = capabilities.runtimes.includes(runtime);
    const why = lacks[runtime] ?? capabilities.unavailable ?? 'this version does not have it';
    return { runtime, offered, ...(offered ? {} : { why }) };
  });
  const { layers, unavailable } = capabilities;
  printer.result({ runtimes, layers, ...(unavailable === undefined ? {} : { unavailable }) }, () =>
    [
      table(
        ['runtime', 'offered', 'why not'],
        runtimes.map(({ runtime, offered, why }) => [runtime, offered ? 'yes' : 'no', why ?? '']),
      ),
      '',
      layers.length > 0 ? `layers: ${layers.join(', ')}` : `no sandbox: ${unavailable ?? ''}`,
    ].join('\n'),
  );
}
