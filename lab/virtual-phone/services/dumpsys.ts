// `dumpsys`: the reports that tools parse, in Android's own words and order.

import type { Service } from './call.ts';
import type { PhoneState } from './phone-state.ts';

export function batteryReport(state: PhoneState): string {
  const { battery, profile } = state;
  const yes = (charger: string) => String(battery.charger === charger);
  return [
    'Current Battery Service state:',
    ...(battery.frozen ? ["  (UPDATES STOPPED -- use 'reset' to restart)"] : []),
    `  AC powered: ${yes('ac')}`,
    `  USB powered: ${yes('usb')}`,
    `  Wireless powered: ${yes('wireless')}`,
    ...(profile.apiLevel >= 33 ? ['  Dock powered: false'] : []),
    `  Max charging current: ${battery.charger === 'none' ? 0 : 500000}`,
    `  Max charging voltage: ${battery.charger === 'none' ? 0 : 5000000}`,
    `  Charge counter: ${Math.round(profile.batteryMah * 10 * battery.level)}`,
    `  status: ${battery.status}`,
    '  health: 2',
    '  present: true',
    `  level: ${battery.level}`,
    '  scale: 100',
    `  voltage: ${battery.voltage}`,
    `  temperature: ${battery.temperature}`,
    '  technology: Li-ion',
    '',
  ].join('\n');
}

export function thermalReport(state: PhoneState): string {
  const { heat } = state;
  const temperature = (value: number, type: number, name: string) =>
    `\tTemperature{mValue=${value.toFixed(1)}, mType=${type}, mName=${name}, mStatus=${heat.status}}`;
  const sensors = [temperature(heat.cpu, 0, 'cpu'), temperature(heat.skin, 3, 'skin')];
  return [
    `IsStatusOverride: ${heat.overridden}`,
    'ThermalEventListeners:',
    '\tcallbacks: 0',
    '\tkilled: false',
    '\tbroadcasts count: -1',
    'ThermalStatusListeners:',
    '\tcallbacks: 0',
    '\tkilled: false',
    '\tbroadcasts count: -1',
    `Thermal Status: ${heat.status}`,
    'Cached temperatures:',
    ...sensors,
    'HAL Ready: true',
    'HAL connection:',
    '\tThermalHAL 2.0 connected: yes',
    'Current temperatures from HAL:',
    ...sensors,
    'Current cooling devices from HAL:',
    `\tCoolingDevice{mValue=${heat.status}, mType=2, mName=cpufreq}`,
    '',
  ].join('\n');
}

const kb = (bytes: number): string => `${Math.round(bytes / 1024).toLocaleString('en-US')}K`;

export function memoryReport(state: PhoneState): string {
  const total = state.profile.memoryBytes;
  const free = Math.round(total * 0.55);
  return [
    'Applications Memory Usage (in Kilobytes):',
    `Uptime: ${uptimeMs(state)} Realtime: ${uptimeMs(state)}`,
    '',
    `Total RAM: ${kb(total)} (status normal)`,
    ` Free RAM: ${kb(free)} (${kb(Math.round(free * 0.5))} cached pss + ${kb(Math.round(free * 0.3))} cached kernel + ${kb(Math.round(free * 0.2))} free)`,
    ` Used RAM: ${kb(total - free)} (${kb(Math.round((total - free) * 0.7))} used pss + ${kb(Math.round((total - free) * 0.3))} kernel)`,
    ' Lost RAM: 0K',
    '',
  ].join('\n');
}

function cpuReport(state: PhoneState): string {
  return `Load: 0.0 / 0.0 / 0.0\nCPU usage from ${uptimeMs(state)}ms to 0ms ago:\n  0% 1/init: 0% user + 0% kernel\n0% TOTAL: 0% user + 0% kernel\n`;
}

function diskReport(state: PhoneState): string {
  const total = Math.round(state.profile.storageBytes / 1024);
  const free = Math.round(total * 0.7);
  return `Latency: 1ms [512B Data Write]\nData-Free: ${free}K / ${total}K total = 70% free\nCache-Free: ${free}K / ${total}K total = 70% free\nSystem-Free: 0K / 2097152K total = 0% free\n`;
}

function packageReport(state: PhoneState): string {
  return `Packages:\n${[...state.packages.values()].map((p) => `  Package [${p.name}]:\n    codePath=${p.path.replace(/\/base\.apk$/, '')}\n    versionCode=${p.versionCode}\n`).join('')}`;
}

const uptimeMs = (state: PhoneState): number => Math.round(state.clock.monotonic() - state.startedAt);

const reports: Readonly<Record<string, (state: PhoneState) => string>> = {
  battery: batteryReport,
  cpuinfo: cpuReport,
  diskstats: diskReport,
  meminfo: memoryReport,
  package: packageReport,
  thermalservice: thermalReport,
};

export const dumpsysOf =
  (state: PhoneState): Service =>
  async (call) => {
    const [, name, ...args] = call.argv;
    if (name === '-l' || name === undefined) {
      await call.out(
        `Currently running services:\n${Object.keys(reports)
          .map((n) => `  ${n}\n`)
          .join('')}`,
      );
      return 0;
    }
    if (name === 'battery' && args.length > 0) return changeBattery(state, args, call);
    const report = Object.hasOwn(reports, name) ? reports[name] : undefined;
    if (!report) {
      // Android says so and exits with 0, too.
      await call.err(`Can't find service: ${name}\n`);
      return 0;
    }
    await call.out(report(state));
    return 0;
  };

const chargers = ['ac', 'usb', 'wireless'] as const;

/** `dumpsys battery unplug | reset | set FIELD VALUE`, also known as `cmd battery`. */
export async function changeBattery(
  state: PhoneState,
  args: readonly string[],
  call: { err(text: string): Promise<void> },
): Promise<number> {
  const [verb, field = '', value = ''] = args;
  const number = /^-?\d{1,9}$/.test(value) ? Number(value) : undefined;
  if (verb === 'unplug') {
    state.battery.frozen = true;
    state.setBattery({ charger: 'none' });
    return 0;
  }
  if (verb === 'reset') {
    state.battery.frozen = false;
    return 0;
  }
  if (verb === 'set' && number !== undefined) {
    const charger = chargers.find((name) => name === field);
    if (charger) state.setBattery({ charger: number ? charger : 'none' });
    else if (field === 'level' && number >= 0 && number <= 100) state.setBattery({ level: number });
    else if (field === 'status' && number >= 1 && number <= 5) state.setBattery({ status: number });
    else if (field === 'temp') state.setBattery({ temperature: number });
    else {
      await call.err(`Unknown set option: ${field}\n`);
      return 255;
    }
    state.battery.frozen = true;
    return 0;
  }
  await call.err(
    'Bad battery command. Use: unplug, reset, set [ac|usb|wireless|status|level|temp] <value>\n',
  );
  return 255;
}
