// Waits until the mesh is ready and tells on the way how far the phones are.

import { AbhayaError, sleep } from '#base';
import type { LabClient } from '#lab/client';
import type { PhoneView } from '#schemas';
import type { Printer } from './print.ts';

const EVERY_MS = 150;

/** Resolves with the phones when every one routes to every other; throws `timeout` with what is missing. */
export async function waitForMesh(
  client: LabClient,
  options: { phones: number; timeoutMs: number; printer: Printer; signal: AbortSignal },
): Promise<PhoneView[]> {
  const startedAt = performance.now();
  for (;;) {
    const [phones, { meshReady }] = await Promise.all([client.phones(), client.host()]);
    const running = phones.filter(({ state }) => state === 'running').length;
    // Real phones that have no agent yet are no part of it, and nothing to wait for.
    if (running >= options.phones && (meshReady || running === 0)) return phones;
    options.printer.progress(progressLine(phones, options.phones));
    const failed = phones.find(({ state }) => state === 'failed');
    if (failed) {
      throw new AbhayaError(
        'device.lost',
        `${failed.serial} failed: ${failed.problem?.message ?? 'no reason known'}`,
      );
    }
    if (performance.now() - startedAt > options.timeoutMs) {
      const problem = phones.find((phone) => phone.problem)?.problem?.message;
      throw new AbhayaError(
        'timeout',
        `the mesh was not ready after ${Math.round(options.timeoutMs / 1_000)} s: ${progressLine(phones, options.phones)}` +
          (problem ? ` (${problem})` : ''),
      );
    }
    await sleep(EVERY_MS, { signal: options.signal });
  }
}

function progressLine(phones: readonly PhoneView[], wanted: number): string {
  const counts = new Map<string, number>();
  for (const { state } of phones) counts.set(state, (counts.get(state) ?? 0) + 1);
  const running = counts.get('running') ?? 0;
  const rest = [...counts]
    .filter(([state]) => state !== 'running')
    .map(([state, count]) => `${count} ${state}`);
  const joined = running === wanted ? ', finding routes' : '';
  return `phones: ${running} of ${wanted} running${rest.length ? `, ${rest.join(', ')}` : ''}${joined}`;
}
