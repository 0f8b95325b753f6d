// `settings get|put|delete|list NAMESPACE KEY`.

import type { Service } from './call.ts';
import type { PhoneState } from './phone-state.ts';

const MAX_ENTRIES = 4096;
const MAX_LENGTH = 8192;

export const settingsOf =
  (state: PhoneState): Service =>
  async (call) => {
    const args = call.argv.slice(1).filter((arg, i, all) => arg !== '--user' && all[i - 1] !== '--user');
    const [verb, namespace = '', key = '', value] = args;
    const table = state.settings.get(namespace);
    if (!table) {
      await call.err(`Invalid namespace '${namespace}'\n`);
      return 255;
    }
    switch (verb) {
      case 'get':
        await call.out(`${table.get(key) ?? 'null'}\n`);
        return 0;
      case 'list':
        await call.out(
          [...table]
            .sort()
            .map(([k, v]) => `${k}=${v}\n`)
            .join(''),
        );
        return 0;
      case 'delete':
        await call.out(`Deleted ${table.delete(key) ? 1 : 0} rows\n`);
        return 0;
      case 'put':
        if (
          key === '' ||
          value === undefined ||
          key.length + value.length > MAX_LENGTH ||
          table.size >= MAX_ENTRIES
        ) {
          await call.err('Bad arguments\n');
          return 255;
        }
        table.set(key, value);
        return 0;
      default:
        await call.err(`Invalid command: ${verb ?? ''}\n`);
        return 255;
    }
  };
