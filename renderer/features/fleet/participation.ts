// Whether a phone takes tasks, as far as it can be known from outside: the agent itself decides for each task. Pure.

import type { PhoneView } from '#schemas';
import type { Tone } from '../../theme/theme.ts';

export interface Participation {
  readonly tone: Tone;
  readonly word: string;
  readonly why: string;
}

/** PowerManager's status from which an agent takes no tasks (device-agent/tasks/willingness.ts). */
const TOO_HOT = 4;

export function participationOf(phone: PhoneView): Participation {
  if (phone.state !== 'running') return { tone: 'off', word: '–', why: 'No agent is attached.' };
  const { sandbox, thermal } = phone;
  if (thermal !== undefined && thermal >= TOO_HOT)
    return { tone: 'bad', word: 'Too hot', why: 'The agent takes no tasks until the phone is cooler.' };
  if (!sandbox || sandbox.unavailable !== undefined || sandbox.runtimes.length === 0) {
    const why = sandbox?.unavailable ?? 'It has not said that it can run services.';
    return { tone: 'warn', word: 'No sandbox', why: `It relays and asks, but runs nothing: ${why}` };
  }
  return {
    tone: 'ok',
    word: 'Takes tasks',
    why: `Runs ${sandbox.runtimes.join(', ')}; each task is still judged by its needs.`,
  };
}
