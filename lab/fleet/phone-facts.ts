// What a user is shown of a phone, from what its cable, its own process and its agent say. Pure.

import type { AdbState } from '#lab/adb';
import type { DeviceStateView, PhoneState, PhoneView } from '#schemas';

/** What only an agent tells of a phone. */
export function withoutAgent(facts: Partial<PhoneView>): Partial<PhoneView> {
  const { nodeId, agent, sandbox, pushing, lastAttach, batteryPercent, charging, thermal, ...rest } = facts;
  return rest;
}

export function withRuntimes(
  { pushing: _, ...facts }: Partial<PhoneView>,
  pushing: PhoneView['pushing'],
  sandbox: PhoneView['sandbox'] = facts.sandbox,
): Partial<PhoneView> {
  return { ...facts, ...(sandbox ? { sandbox } : {}), ...(pushing ? { pushing } : {}) };
}

export const powerFacts = ({ batteryPercent, charging, thermal }: DeviceStateView) => ({
  batteryPercent,
  charging,
  thermal,
});

/** The worst thing first. */
export function stateOf(
  adb: AdbState,
  outside: 'starting' | 'unplugged' | 'failed' | undefined,
  phase: 'none' | 'deploying' | 'running',
): PhoneState {
  if (outside === 'failed') return 'failed';
  if (outside === 'unplugged') return 'unplugged';
  if (adb === 'absent') return outside === 'starting' ? 'starting' : 'unplugged';
  if (adb !== 'device') return adb;
  return phase === 'none' ? 'ready' : phase;
}
