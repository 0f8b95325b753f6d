// What a phone is and how it feels, asked in one command.

import { AbhayaError } from '#base';
import { type BatteryReading, parseBattery } from './parsers/battery.ts';
import { parseGetprop } from './parsers/getprop.ts';
import { type MemoryReading, parseMeminfo } from './parsers/meminfo.ts';
import { parseThermal, type ThermalReading } from './parsers/thermal.ts';
import type { DeviceTransport } from './port.ts';

export interface DeviceFacts {
  /** The phone's own serial, not adb's address. */
  readonly serial: string;
  readonly model: string;
  readonly manufacturer: string;
  readonly androidVersion: string;
  readonly apiLevel: number;
  readonly abi: string;
  readonly virtual: boolean;
  readonly battery: BatteryReading | undefined;
  readonly thermal: ThermalReading | undefined;
  readonly memory: MemoryReading | undefined;
}

const MARK = '@@abhaya-section@@';
const COMMAND = ['getprop', 'dumpsys battery', 'dumpsys thermalservice', 'cat /proc/meminfo'].join(
  ` 2>/dev/null; echo ${MARK}; `,
);

/** Throws `adb.protocol` when the answer names neither model nor ABI, and what the transport throws. */
export async function probeDevice(
  transport: Pick<DeviceTransport, 'shell'>,
  options: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<DeviceFacts> {
  const { stdout } = await transport.shell(COMMAND, options);
  const [props = '', battery = '', thermal = '', memory = ''] = stdout.split(new RegExp(`${MARK}\\r?\\n`));
  const found = parseGetprop(props);
  const text = (name: string): string => (found.get(name) ?? '').slice(0, 200);
  if (!text('ro.product.model') && !text('ro.product.cpu.abi')) {
    throw new AbhayaError('adb.protocol', 'the phone does not say what it is');
  }
  return {
    serial: text('ro.serialno') || text('ro.boot.serialno'),
    model: text('ro.product.model'),
    manufacturer: text('ro.product.manufacturer'),
    androidVersion: text('ro.build.version.release'),
    apiLevel: Number(/^\d{1,3}$/.exec(text('ro.build.version.sdk'))?.[0] ?? 0),
    abi: text('ro.product.cpu.abi'),
    virtual: text('ro.kernel.qemu') === '1' || text('ro.boot.qemu') === '1',
    battery: parseBattery(battery),
    thermal: parseThermal(thermal),
    memory: parseMeminfo(memory),
  };
}
