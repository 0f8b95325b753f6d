// getprop and setprop. Read-only properties (ro.*) can't be changed; a user build lets the shell set few others.

import type { Service } from './call.ts';
import type { PhoneState } from './phone-state.ts';

const MAX_VALUE = 91;
const MAX_PROPERTIES = 4096;

export const getpropOf =
  (state: PhoneState): Service =>
  async (call) => {
    const [, name, fallback = ''] = call.argv;
    if (name !== undefined) {
      await call.out(`${state.properties.get(name) ?? fallback}\n`);
      return 0;
    }
    const lines = [...state.properties]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `[${key}]: [${value}]\n`);
    await call.out(lines.join(''));
    return 0;
  };

export const setpropOf =
  (state: PhoneState): Service =>
  async (call) => {
    const [, name = '', value = ''] = call.argv;
    const failure = problemWith(state, name, value, call.argv.length);
    if (failure) {
      await call.err(`setprop: ${failure}\n`);
      return 1;
    }
    state.properties.set(name, value);
    return 0;
  };

function problemWith(state: PhoneState, name: string, value: string, argc: number): string | undefined {
  if (argc !== 3) return 'Need 2 arguments';
  if (!/^[a-zA-Z0-9][\w.@:-]{0,255}$/.test(name)) return `Invalid property name '${name}'`;
  if (Buffer.byteLength(value) > MAX_VALUE) return `value '${value.slice(0, 20)}...' too long`;
  if (name.startsWith('ro.')) return `failed to set property '${name}' to '${value}'`;
  if (!state.properties.has(name) && state.properties.size >= MAX_PROPERTIES) return 'too many properties';
  return undefined;
}
