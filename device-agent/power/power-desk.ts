// The owner's power settings of this phone: kept in one file, applied to every measurement. Owns the file and its
// place in the probe's list of listeners.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DeviceProbe } from '#agent/probes';
import type { DeviceSnapshot } from '#agent/tasks';
import { type Clock, Emitter, type Logger, type Unsubscribe } from '#base';
import { jsonParserOf, PowerPolicy, type PowerView } from '#schemas';
import {
  defaultPolicy,
  effectOf,
  gatesAfter,
  limitsOf,
  openGates,
  type PowerReading,
} from './core/power-policy.ts';

export interface PowerDesk {
  readonly view: PowerView;
  /** What the tasks' room asks before it takes one. */
  readonly participation: DeviceSnapshot['participation'];
  /** Applied when it returns, and kept over a restart. */
  set(policy: PowerPolicy): Promise<PowerView>;
  /** Another view: settings, or what the phone takes and why. */
  onChange(listener: (view: PowerView) => void): Unsubscribe;
  close(): void;
}

export interface PowerDeskOptions {
  readonly file: string;
  readonly probe: Pick<DeviceProbe, 'state' | 'onChange'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const MAX_BYTES = 65_536;

export async function openPowerDesk(options: PowerDeskOptions): Promise<PowerDesk> {
  const { file, probe, clock, logger } = options;
  let policy = await readPolicy(options);
  let gates = openGates;
  let writes: Promise<void> = Promise.resolve();
  const changes = new Emitter<PowerView>((error) => logger.error('a power listener failed', { error }));
  let shown = '';

  const reading = (): PowerReading => ({
    batteryPercent: Math.round(probe.state.battery * 100),
    charging: probe.state.charging,
    thermal: probe.state.thermalStatus,
  });
  const look = (): PowerView => {
    const [now, measured] = [clock.monotonic(), reading()];
    gates = gatesAfter(gates, policy, measured, now);
    return { policy, limits: limitsOf(policy), ...effectOf(gates, policy, measured, now) };
  };
  function tell(): PowerView {
    const view = look();
    const text = JSON.stringify(view);
    if (text === shown) return view;
    shown = text;
    logger.info('what this phone takes of others', { takes: view.takes, reasons: view.reasons });
    changes.emit(view);
    return view;
  }
  tell();
  const stop = probe.onChange(() => void tell());

  return {
    get view() {
      return look();
    },
    get participation() {
      const { takes, reasons } = look();
      if (takes === 'all') return { accepts: true };
      return {
        accepts: false,
        reason: reasons.join('; '),
        ...(takes === 'essential' ? { except: policy.essentialServices } : {}),
      };
    },
    async set(next) {
      writes = writes.catch(() => undefined).then(() => writePolicy(file, next));
      await writes;
      policy = next;
      // The owner's hand is no flapping.
      gates = openGates;
      return tell();
    },
    onChange: (listener) => changes.on(listener),
    close: stop,
  };
}

/** No file: the profile's defaults. A file that can't be read may have said no, so it says no until it is set anew. */
async function readPolicy({ file, probe, logger }: PowerDeskOptions): Promise<PowerPolicy> {
  const usual = defaultPolicy(probe.state.profile);
  try {
    return jsonParserOf(PowerPolicy, path.basename(file), { maxBytes: MAX_BYTES })(await readFile(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return usual;
    logger.warn('the power settings can not be read: no tasks of others until they are set anew', { error });
    return { ...usual, participation: false };
  }
}

/** A kill at any time leaves the old or the new file. */
async function writePolicy(file: string, policy: PowerPolicy): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.part`;
  try {
    await writeFile(partial, `${JSON.stringify(policy)}\n`, { mode: 0o600, flush: true });
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
