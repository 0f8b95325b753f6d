// `abhaya demo`: everything alone and in order, in a home of its own that is gone afterwards.

import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AbhayaError } from '#base';
import { createLabClient } from '#lab/client';
import { homeOf, startHost, waitForExit } from '#lab/home';
import type { CommandContext } from '../context.ts';
import { waitForMesh } from '../wait-for-mesh.ts';
import { runTask } from './run.ts';

export interface DemoOptions {
  readonly phones: number;
  readonly input: string;
  readonly out?: string;
}

const MESH_TIMEOUT_MS = 120_000;
const SHUTDOWN_TIMEOUT_MS = 20_000;

/** Lab host up, phones in a chain, the package in the first phone's library, a run on the last one, down. */
export async function demo(context: CommandContext, options: DemoOptions): Promise<void> {
  const { printer, signal } = context;
  if (options.phones < 2) throw new AbhayaError('input.invalid', 'the demo needs at least two phones');
  const folder = path.resolve(options.out ?? path.join(context.home.dir, 'outputs'));
  await mkdir(folder, { recursive: true });
  const dir = await mkdtemp(path.join(tmpdir(), 'abhaya-demo-'));
  const home = homeOf({}, dir);
  try {
    printer.note('Starting a lab host');
    const started = await startHost(home, { command: context.hostCommand, detached: false, signal });
    const client = createLabClient({ apiUrl: started.host.apiUrl, token: started.token });
    try {
      // The lab host publishes the sample services into the first phone's library.
      const phones = await client.addPhones({ count: options.phones, topology: 'chain' });
      await waitForMesh(client, { phones: options.phones, timeoutMs: MESH_TIMEOUT_MS, printer, signal });
      printer.note(`mesh ready: ${phones.length} phones`);
      const [first, last] = [phones[0]?.serial ?? '', phones.at(-1)?.serial ?? ''];
      const { document } = await runTask(client, context, {
        packageId: 'org.abhaya.wordcount',
        inputs: [`text=${path.resolve(options.input)}`],
        from: first,
        on: last,
        folder,
      });
      printer.result(document, () => JSON.stringify(document.outputs[0]?.value ?? null, null, 2));
    } finally {
      await client.shutdown().catch(() => undefined);
      started.leash?.end();
      if (!(await waitForExit(started.host.pid, SHUTDOWN_TIMEOUT_MS)))
        process.kill(started.host.pid, 'SIGKILL');
    }
  } catch (error) {
    // The log is the only witness of a start that failed, and the home goes away.
    await copyFile(home.logFile, path.join(folder, 'demo-failed.log')).catch(() => undefined);
    throw error;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
