// The remaining small commands, and the table of all of them.

import type { RootedFiles } from '../isolation/rooted-files.ts';
import type { Service } from './call.ts';
import type { PhoneCommand } from './commands.ts';
import { changeBattery, dumpsysOf } from './dumpsys.ts';
import { logcatOf, logOf } from './logcat.ts';
import { packagesOf } from './packages.ts';
import type { PhoneState } from './phone-state.ts';
import { getpropOf, setpropOf } from './properties.ts';
import { settingsOf } from './settings.ts';

export interface SystemContext {
  readonly state: PhoneState;
  readonly files: RootedFiles;
}

/** `am`: there are no activities to manage; what is asked is refused in Android's words. */
const am: Service = async (call) => {
  const [, verb] = call.argv;
  if (verb === 'force-stop' || verb === 'kill' || verb === 'kill-all') return 0;
  if (verb === 'get-current-user') {
    await call.out('0\n');
    return 0;
  }
  await call.err(`Error: a virtual phone has no Android runtime: ${verb ?? ''} can't be done\n`);
  return 1;
};

const thermal =
  (state: PhoneState): Service =>
  async (call) => {
    const [, verb, value = ''] = call.argv;
    if (verb === 'override-status' && /^[0-6]$/.test(value)) {
      state.heat.overridden = true;
      state.setHeat({ status: Number(value) });
      return 0;
    }
    if (verb === 'reset') {
      state.heat.overridden = false;
      state.setHeat({ status: 0 });
      return 0;
    }
    await call.err('Invalid command\n');
    return 255;
  };

const wm: Service = async (call) => {
  const answers: Record<string, string> = {
    size: 'Physical size: 1080x2400\n',
    density: 'Physical density: 420\n',
  };
  const answer = answers[call.argv[1] ?? ''];
  await (answer ? call.out(answer) : call.err('unknown command\n'));
  return answer ? 0 : 255;
};

const reboot: Service = async (call) => {
  await call.err('reboot: Operation not permitted\n');
  return 1;
};

export function systemServices(context: SystemContext): Record<PhoneCommand, Service> {
  const { state } = context;
  const dumpsys = dumpsysOf(state);
  const packages = packagesOf(context);
  const settings = settingsOf(state);
  // `cmd SERVICE args` is how newer hosts reach the same services.
  const behindCmd: Record<string, Service> = {
    activity: am,
    battery: (call) => changeBattery(state, call.argv.slice(1), call),
    package: packages,
    settings,
    thermalservice: thermal(state),
    window: wm,
  };
  return {
    am,
    cmd: async (call) => {
      const name = call.argv[1] ?? '';
      const service = Object.hasOwn(behindCmd, name) ? behindCmd[name] : undefined;
      if (service) return service({ ...call, argv: call.argv.slice(1) });
      if (name === '-l') {
        await call.out(
          `Currently running services:\n${Object.keys(behindCmd)
            .map((n) => `  ${n}\n`)
            .join('')}`,
        );
        return 0;
      }
      await call.err(`cmd: Can't find service: ${name}\n`);
      return 20;
    },
    dumpsys,
    getprop: getpropOf(state),
    log: logOf(state),
    logcat: logcatOf(state),
    pm: packages,
    reboot,
    service: async (call) => {
      const names = Object.keys(behindCmd);
      const check = call.argv[2] ?? '';
      if (call.argv[1] === 'check')
        await call.out(`Service ${check}: ${names.includes(check) ? 'found' : 'not found'}\n`);
      else
        await call.out(
          `Found ${names.length} services:\n${names.map((n, i) => `${i}\t${n}: []\n`).join('')}`,
        );
      return 0;
    },
    setprop: setpropOf(state),
    settings,
    wm,
  };
}
