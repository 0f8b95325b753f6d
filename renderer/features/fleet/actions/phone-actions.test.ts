import { describe, expect, test } from 'vitest';
import type { PhoneView } from '#schemas';
import { type ActionId, commandOf, offerFor, phoneActions } from './phone-actions.ts';
import { powerCommands } from './power-commands.ts';

const phone = (rest: Partial<PhoneView>): PhoneView => ({
  serial: 'P',
  adbSerial: 'P',
  kind: 'virtual',
  state: 'running',
  ...rest,
});
const able = (what: PhoneView): ActionId[] =>
  phoneActions.filter((action) => action.refuse(what) === undefined).map(({ id }) => id);
const action = (id: ActionId) => {
  const found = phoneActions.find((it) => it.id === id);
  if (!found) throw new Error(`there is no ${id}`);
  return found;
};

describe('what can be done', () => {
  const agent = ['restart-agent', 'stop-agent', 'kill-agent', 'remove-agent', 'offer-optional'];
  const cable = ['unplug', 'stall', 'resume', 'deny-auth'];
  test.each<[string, Partial<PhoneView>, string[]]>([
    ['a running virtual phone', {}, [...agent, ...cable, 'stop-phone']],
    ['a running one on USB', { kind: 'usb' }, agent],
    ['a running one on Wi-Fi', { kind: 'wifi' }, [...agent, 'disconnect']],
    ['one on USB without an agent', { kind: 'usb', state: 'ready' }, ['attach', 'remove-agent']],
    [
      'an unplugged virtual one',
      { state: 'unplugged' },
      ['plug-in', 'stall', 'resume', 'deny-auth', 'stop-phone'],
    ],
    [
      'an unauthorized virtual one',
      { state: 'unauthorized' },
      ['unplug', 'stall', 'resume', 'allow-auth', 'stop-phone'],
    ],
    ['an unauthorized one on USB', { kind: 'usb', state: 'unauthorized' }, []],
    ['a dead virtual one', { state: 'failed' }, ['stop-phone']],
  ])('to %s', (_name, rest, ids) => {
    expect(able(phone(rest))).toEqual(ids);
  });

  test('of many, to those that it fits; the note says how many', () => {
    const phones = [phone({ serial: 'A' }), phone({ serial: 'B', kind: 'usb' })];
    const offer = offerFor(action('unplug'), phones);
    expect(offer.fits.map(({ serial }) => serial)).toEqual(['A']);
    expect(offer.note).toBe('1 of 2');
  });

  test('to none says why: the one reason, or that no phone is in a state for it', () => {
    const usb = phone({ kind: 'usb' });
    expect(offerFor(action('unplug'), [usb, usb]).note).toMatch(/by hand/);
    expect(offerFor(action('plug-in'), [usb, phone({})]).note).toMatch(/None of the chosen/);
    expect(offerFor(action('attach'), []).note).toMatch(/Choose/);
  });

  test('every action is a command of the API, or has a call of its own', () => {
    const own = phoneActions.filter(({ id }) => commandOf(id) === undefined).map(({ id }) => id);
    expect(own).toEqual(['disconnect', 'stop-phone']);
  });

  test('optional runtimes are a choice, but for flagships', () => {
    const asked = (more: Partial<PhoneView>) => able(phone(more)).filter((id) => id.endsWith('optional'));
    const sandbox = { runtimes: [], layers: [], optional: true };
    expect([asked({ sandbox }), asked({ profile: 'flagship' })]).toEqual([['end-optional'], []]);
    expect([commandOf('offer-optional'), commandOf('end-optional')]).toMatchObject([
      ...[{ offered: true }, { offered: false }],
    ]);
  });

  test('what deletes asks first', () => {
    expect(phoneActions.filter(({ confirm }) => confirm).map(({ id }) => id)).toEqual([
      'remove-agent',
      'stop-phone',
    ]);
  });
});

describe('battery and heat', () => {
  const empty = { battery: '', charger: '', heat: '' } as const;
  test('empty fields order nothing', () => {
    expect(powerCommands(empty)).toEqual([]);
  });
  test('each field is one command', () => {
    expect(powerCommands({ battery: '17', charger: 'off', heat: '4' })).toEqual([
      { action: 'set-battery', percent: 17 },
      { action: 'set-charger', connected: false },
      { action: 'set-heat', status: 4 },
    ]);
  });
  test.each(['-1', '101', '5.5', 'x'])('a battery of %s is wrong', (battery) => {
    expect(powerCommands({ ...empty, battery })).toBeUndefined();
  });
});
