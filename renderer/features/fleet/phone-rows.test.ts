import { describe, expect, test } from 'vitest';
import type { LinkView, PhoneView } from '#schemas';
import { columnsAt } from './fleet-columns.ts';
import { everything, profilesOf, shownPhones } from './phone-filters.ts';
import { agentShort, countLinks, rowMaker } from './phone-rows.ts';

const phone = (serial: string, rest: Partial<PhoneView> = {}): PhoneView => ({
  serial,
  adbSerial: `usb-${serial}`,
  kind: 'usb',
  state: 'running',
  ...rest,
});
const link = (a: string, b: string, state: LinkView['state'] = 'up'): LinkView => ({
  linkId: `${a}-${b}`,
  a,
  b,
  kind: 'bridged',
  state,
  bytesAtoB: 0,
  bytesBtoA: 0,
});

describe('rows', () => {
  test('links are counted at both ends, those that are up apart', () => {
    const counts = countLinks([link('A', 'B'), link('B', 'C', 'down'), link('A', 'C', 'unknown')]);
    expect(Object.fromEntries(counts)).toEqual({
      A: { up: 1, all: 2 },
      B: { up: 1, all: 2 },
      C: { up: 0, all: 2 },
    });
  });

  test('a row stays the same object until its phone or its counts change', () => {
    const make = rowMaker();
    const [a, b] = [phone('A'), phone('B')];
    const first = make([a, b], [link('A', 'B')]);
    const second = make([a, b], [link('A', 'B')]);
    expect(second[0]).toBe(first[0]);
    const third = make([a, { ...b, batteryPercent: 5 }], [link('A', 'B')]);
    expect(third[0]).toBe(first[0]);
    expect(third[1]).not.toBe(first[1]);
    expect(make([a], [link('A', 'B', 'down')])[0]).toMatchObject({ linksUp: 0, links: 1 });
  });

  test("the agent's own part of the hash tells it", () => {
    const agent = { bundleHash: 'aaaaaaaaaaaa-0123456789ab', protocol: 1 };
    expect(agentShort(phone('A', { agent }))).toBe('01234567');
    expect(agentShort(phone('A'))).toBeUndefined();
  });
});

describe('filters', () => {
  const rows = rowMaker()(
    [
      phone('A1', { kind: 'virtual', profile: 'budget', model: 'Virtual Phone' }),
      phone('B2', { kind: 'wifi', state: 'ready', android: '14', model: 'Pixel 8' }),
      phone('C3', { state: 'unauthorized' }),
      phone('D4', { state: 'deploying', problem: { code: 'agent.push-failed', message: 'no room' } }),
    ],
    [],
  );
  const shown = (filter: Partial<typeof everything>) =>
    shownPhones(rows, { ...everything, ...filter }).map(({ serial }) => serial);

  test('without a filter the very same rows are shown', () => {
    expect(shownPhones(rows, everything)).toBe(rows);
  });

  test.each<[Partial<typeof everything>, string[]]>([
    [{ state: 'running' }, ['A1']],
    [{ state: 'ready' }, ['B2']],
    [{ state: 'busy' }, ['D4']],
    [{ state: 'attention' }, ['C3', 'D4']],
    [{ kind: 'wifi' }, ['B2']],
    [{ profile: 'budget' }, ['A1']],
    [{ text: 'pixel 14' }, ['B2']],
    [{ text: 'WI-FI' }, ['B2']],
    [{ text: 'push-failed' }, ['D4']],
    [{ text: 'usb-C3' }, ['C3']],
    [{ text: 'pixel', kind: 'usb' }, []],
  ])('%o shows %o', (filter, serials) => {
    expect(shown(filter)).toEqual(serials);
  });

  test('profiles are those that are there', () => {
    expect(profilesOf(rows)).toEqual(['budget']);
  });
});

test('a wider table never has fewer columns, a narrow one none but phone and state', () => {
  const shownAt = (width: number) => Object.values(columnsAt(width)).filter(Boolean).length;
  expect(shownAt(300)).toBe(0);
  for (let width = 300; width < 2_000; width += 50)
    expect(shownAt(width + 50)).toBeGreaterThanOrEqual(shownAt(width));
  expect(Object.values(columnsAt(1_900))).not.toContain(false);
});
