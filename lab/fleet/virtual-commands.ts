// What a user does to a phone: cable, heat and battery of a virtual one, the agent of any.

import { AbhayaError } from '#base';
import type { VirtualPhone } from '#lab/virtual-phone';
import type { PhoneCommand } from '#schemas';
import type { PhoneSession } from './phone-session.ts';
import { takeAgentAway } from './take-agent-away.ts';

const MEASURE_TIMEOUT_MS = 10_000;

/** Throws `conflict` when a real phone is asked for what only hands can do, `device.offline` without an agent. */
export async function commandVirtualPhone(
  session: PhoneSession,
  phone: VirtualPhone | undefined,
  command: PhoneCommand,
): Promise<void> {
  const virtual = (): VirtualPhone => {
    if (!phone) throw new AbhayaError('conflict', `${session.view.serial} is a real phone: do that by hand`);
    return phone;
  };
  switch (command.action) {
    case 'unplug':
      await virtual().unplug();
      session.setOutside('unplugged');
      return;
    case 'plug-in':
      await virtual().plugIn();
      session.setOutside(undefined);
      return;
    case 'stall':
      return virtual().stall();
    case 'resume':
      return virtual().resume();
    case 'fail-after':
      return virtual().failAfter(command.bytes);
    case 'deny-auth':
      return virtual().denyAuth();
    case 'allow-auth':
      return virtual().allowAuth();
    case 'set-battery':
      await virtual().setBattery({ level: command.percent });
      session.updateFacts({ batteryPercent: command.percent });
      return measureAnew(session);
    case 'set-charger':
      await virtual().setCharger(command.connected ? 'usb' : 'none');
      session.updateFacts({ charging: command.connected });
      return measureAnew(session);
    case 'set-heat':
      await virtual().setHeat({ status: command.status });
      session.updateFacts({ thermal: command.status });
      return measureAnew(session);
    case 'attach':
      session.deploy();
      return;
    case 'kill-agent':
      return killAgent(session);
    case 'stop-agent':
    case 'remove-agent': {
      const remove = command.action === 'remove-agent';
      return session.withdraw((transport, signal) => takeAgentAway(transport, { remove, signal }));
    }
    case 'optional-runtimes':
      return session.orderRuntimes({ optional: command.offered });
    case 'restart-agent':
      await session.agent?.call('shutdown', {}).catch(() => undefined);
      session.reattach();
      return;
  }
}

async function killAgent(session: PhoneSession): Promise<void> {
  const { agent, transport } = session;
  if (!agent || !transport)
    throw new AbhayaError('device.offline', `no agent is attached on ${session.view.serial}`);
  // Its death ends the session, and the transport with it, often before the shell has answered.
  const answer = await Promise.race([
    transport.shell(`kill -9 ${agent.hello.pid}`),
    agent.disconnected.then(() => undefined),
  ]);
  if (!answer) return;
  const { exitCode, stderr } = answer;
  if (exitCode !== 0) throw new AbhayaError('device.command-failed', `kill: ${stderr.trim().slice(0, 200)}`);
}

/** The agent looks every ten seconds by itself: what a hand has set is to count at once. */
async function measureAnew(session: PhoneSession): Promise<void> {
  await session.agent?.call('power.get', {}, { timeoutMs: MEASURE_TIMEOUT_MS }).catch(() => undefined);
}
