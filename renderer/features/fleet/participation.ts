// Whether a phone takes tasks, as far as it can be known from outside: the agent itself decides for each task. Pure.

import type { PhoneView, PowerView } from '#schemas';
import type { Tone } from '../../theme/theme.ts';
import { takesTone, takesWord } from '../power/power-words.ts';

export interface Participation {
  readonly tone: Tone;
  readonly word: string;
  readonly why: string;
}

/** PowerManager's status from which an agent takes no tasks, while it has not said its own limit. */
const TOO_HOT = 4;

/** `power`: what the agent says of it, where that is known. */
export function participationOf(phone: PhoneView, power?: PowerView): Participation {
  if (phone.state !== 'running') return { tone: 'off', word: '–', why: 'No agent is attached.' };
  const { sandbox, thermal } = phone;
  const tooHot = thermal !== undefined && thermal >= (power?.limits.heat.stopsFrom ?? TOO_HOT);
  if (tooHot)
    return { tone: 'bad', word: 'Too hot', why: 'The agent takes no tasks until the phone is cooler.' };
  if (!sandbox || sandbox.unavailable !== undefined || sandbox.runtimes.length === 0) {
    const why = sandbox?.unavailable ?? 'It has not said that it can run services.';
    return { tone: 'warn', word: 'No sandbox', why: `It relays and asks, but runs nothing: ${why}` };
  }
  if (power && power.takes !== 'all')
    return {
      tone: takesTone(power),
      word: takesWord(power),
      why: power.reasons.join(' ') || 'Its owner’s settings.',
    };
  return {
    tone: 'ok',
    word: 'Takes tasks',
    why: `Runs ${sandbox.runtimes.join(', ')}; each task is still judged by its needs.`,
  };
}
