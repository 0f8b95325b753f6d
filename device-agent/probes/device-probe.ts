// What this device is and how it is now, measured: never guessed from a model's name (spec 01, Device profiles).
// Owns a timer; what it last measured is there at once.

import { execFile } from 'node:child_process';
import { readFile, statfs } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Emitter, type Logger, type Unsubscribe } from '#base';
import type { Profile } from '#schemas';
import { parseCpuCount, parseCpuList, parseLoad } from './parse-proc.ts';
import { type BatteryReading, parseBattery } from './parsers/battery.ts';
import { parseMeminfo } from './parsers/meminfo.ts';
import { parseThermal } from './parsers/thermal.ts';

export interface DeviceState {
  readonly profile: Profile;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly availableMemoryBytes: number;
  readonly freeStorageBytes: number;
  /** 0..1. */
  readonly cpuLoad: number;
  /** 0..1; a device without a battery counts as full and charging. */
  readonly battery: number;
  readonly charging: boolean;
  /** PowerManager's 0..6. */
  readonly thermalStatus: number;
  /** Of the battery, where there is a sensor and it says something possible. */
  readonly celsius?: number;
}

export interface DeviceProbe {
  readonly state: DeviceState;
  refresh(): Promise<DeviceState>;
  onChange(listener: (state: DeviceState) => void): Unsubscribe;
  close(): void;
}

const run = promisify(execFile);
const GIB = 1024 ** 3;
const EVERY_MS = 10_000;
const BETWEEN = '-- thermalservice --';
const COMMAND_TIMEOUT_MS = 5_000;
const COMMAND_MAX_BYTES = 4 * 1024 * 1024;

export async function startDeviceProbe(options: { root: string; logger: Logger }): Promise<DeviceProbe> {
  const { root, logger } = options;
  // A virtual phone without namespaces can't cover /proc: it names the folder with what a phone's would say.
  const proc = process.env.ABHAYA_PROC ?? '/proc';
  const present = path.join(proc, '../sys/devices/system/cpu/present');
  const read = (file: string) => readFile(file, 'utf8').catch(() => '');
  // One shell for both: starting a process from here costs more than what it does.
  const dumpsys = async (): Promise<[battery: string, thermal: string]> => {
    const limits = { timeout: COMMAND_TIMEOUT_MS, maxBuffer: COMMAND_MAX_BYTES };
    const script = `dumpsys battery; echo; echo ${BETWEEN}; dumpsys thermalservice || true`;
    const { stdout } = await run('sh', ['-c', script], limits).catch((error: Error) => {
      logger.debug('dumpsys does not answer', { message: error.message });
      return { stdout: '' };
    });
    const [battery = '', thermal = ''] = stdout.split(`\n${BETWEEN}\n`);
    return [battery, thermal];
  };

  async function measure(): Promise<DeviceState> {
    const [meminfo, cpuinfo, cpus, loadavg, [battery, thermal], storage] = await Promise.all([
      read(path.join(proc, 'meminfo')),
      read(path.join(proc, 'cpuinfo')),
      read(present),
      read('/proc/loadavg'),
      dumpsys(),
      statfs(root),
    ]);
    const memory = parseMeminfo(meminfo);
    const cores = Math.max(1, parseCpuCount(cpuinfo), parseCpuList(cpus) ?? 0);
    const memoryBytes = memory?.totalBytes ?? 0;
    const power = parseBattery(battery);
    return {
      profile: profileOf(memoryBytes, cores),
      cores,
      memoryBytes,
      availableMemoryBytes: memory?.availableBytes ?? 0,
      freeStorageBytes: storage.bavail * storage.bsize,
      cpuLoad: parseLoad(loadavg, cores) ?? 0,
      battery: power ? power.level / 100 : 1,
      charging: power ? isCharging(power) : true,
      thermalStatus: parseThermal(thermal)?.status ?? 0,
      ...celsiusOf(power),
    };
  }

  const changes = new Emitter<DeviceState>((error) => logger.error('a probe listener failed', { error }));
  let state = await measure();
  let measuring: Promise<DeviceState> | undefined;
  let waiting: Promise<DeviceState> | undefined;
  const begin = (): Promise<DeviceState> => {
    measuring = measure()
      .then((next) => {
        state = next;
        changes.emit(next);
        return next;
      })
      .finally(() => {
        measuring = undefined;
      });
    return measuring;
  };
  /** One that is under way may have missed what changed just now: the answer is that of one that begins after it. */
  const refresh = (): Promise<DeviceState> => {
    if (!measuring) return begin();
    waiting ??= measuring
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        waiting = undefined;
        return begin();
      });
    return waiting;
  };
  const timer = setInterval(() => {
    refresh().catch((error: unknown) => logger.warn('the device could not be measured', { error }));
  }, EVERY_MS);

  return {
    get state() {
      return state;
    },
    refresh,
    onChange: (listener) => changes.on(listener),
    close: () => clearInterval(timer),
  };
}

const celsiusOf = (power: BatteryReading | undefined): { celsius?: number } =>
  power?.celsius !== undefined && Math.abs(power.celsius) <= 100 ? { celsius: power.celsius } : {};

/** A cable counts, and so do BatteryManager's statuses charging (2) and full (5). */
const isCharging = ({ plugged, status }: BatteryReading): boolean => plugged || status === 2 || status === 5;

/** Defaults of spec 01 (ours). Phones report a little less memory than their box says: 7/8 of it counts. */
export function profileOf(memoryBytes: number, cores: number): Profile {
  const gib = memoryBytes / GIB / (7 / 8);
  if (gib >= 8 && cores >= 8) return 'flagship';
  if (gib >= 4 && cores >= 6) return 'mid-range';
  return 'budget';
}
