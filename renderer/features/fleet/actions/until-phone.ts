// Waits for what an order does to a phone, told by the lab's events.

import { AbhayaError, fromErrorShape } from '#base';
import type { PhoneView } from '#schemas';
import { useLab } from '../../../lab/lab-store.ts';

const LIMIT_MS = 180_000;

export type Verdict = 'wait' | 'done' | { readonly code: string; readonly message: string };

/** Pure: a judge that is shown every view of one phone, from before the order on. */
export function judgeOf(until: 'running' | 'running-again'): (phone: PhoneView | undefined) => Verdict {
  let away = until === 'running';
  let problem: PhoneView['problem'];
  let first = true;
  return (phone) => {
    if (!phone) return { code: 'device.lost', message: 'the phone is gone' };
    if (phone.state !== 'running') away = true;
    // What stood in the way before the order is no answer to it.
    if (first) problem = phone.problem;
    first = false;
    if (phone.problem && phone.problem !== problem) return phone.problem;
    return away && phone.state === 'running' ? 'done' : 'wait';
  };
}

/** Call it before the order is given; `settled` rejects with the phone's own problem, `timeout` or `cancelled`. */
export function watchPhone(serial: string, until: 'running' | 'running-again', signal: AbortSignal) {
  const judge = judgeOf(until);
  let stop: () => void = () => undefined;
  const settled = new Promise<void>((resolve, reject) => {
    const look = (phone: PhoneView | undefined): void => {
      const verdict = judge(phone);
      if (verdict === 'wait') return;
      if (verdict === 'done') resolve();
      else reject(fromErrorShape(verdict));
    };
    const timer = window.setTimeout(
      () => reject(new AbhayaError('timeout', `not running after ${LIMIT_MS / 1_000} s`)),
      LIMIT_MS,
    );
    const off = useLab.subscribe(({ phones }, before) => {
      const phone = phones.get(serial);
      if (phone !== before.phones.get(serial)) look(phone);
    });
    const cancel = () => reject(new AbhayaError('cancelled', 'cancelled'));
    signal.addEventListener('abort', cancel, { once: true });
    stop = () => {
      window.clearTimeout(timer);
      off();
      signal.removeEventListener('abort', cancel);
    };
    look(useLab.getState().phones.get(serial));
  });
  settled.catch(() => undefined); // whoever ordered waits for it, or has failed before
  return { settled: settled.finally(stop), stop };
}
