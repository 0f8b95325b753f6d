import { expect, test } from 'vitest';
import type { AgentClient } from '#lab/fleet';
import type { PhonePower, PowerView } from '#schemas';
import { createPowerBook } from './power-book.ts';

const view = (takes: PowerView['takes']) => ({ takes }) as PowerView;

/** An agent that answers when it is told to. */
function agent() {
  const asked = Promise.withResolvers<PowerView>();
  const listeners: ((power: PowerView) => void)[] = [];
  const client = {
    on: (_event: string, listener: (power: PowerView) => void) => listeners.push(listener),
    call: () => asked.promise,
  } as unknown as AgentClient;
  const tells = (power: PowerView) => {
    for (const listener of listeners) listener(power);
  };
  return { client, tells, ...asked };
}

test('a phone is asked when it comes, heard after that, and forgotten when it goes', async () => {
  const told: PhonePower[] = [];
  const book = createPowerBook({ emit: (power) => told.push(power) });
  const phone = agent();
  book.attached('a', phone.client);
  expect(book.list()).toEqual([]);
  phone.resolve(view('all'));
  await phone.promise;
  phone.tells(view('none'));
  expect(told.map(({ power }) => power.takes)).toEqual(['all', 'none']);
  expect(book.list()).toEqual([{ serial: 'a', power: view('none') }]);
  book.forget('a');
  phone.tells(view('all'));
  expect(book.list()).toEqual([]);
  expect(told).toHaveLength(2);
});

test('a connection that was replaced is not heard any more', async () => {
  const book = createPowerBook({ emit: () => undefined });
  const [old, fresh] = [agent(), agent()];
  book.attached('a', old.client);
  book.attached('a', fresh.client);
  fresh.tells(view('all'));
  old.resolve(view('none'));
  await old.promise;
  expect(book.list()).toEqual([{ serial: 'a', power: view('all') }]);
  fresh.reject(new Error('the cable is pulled'));
  await expect(fresh.promise).rejects.toThrow();
});
