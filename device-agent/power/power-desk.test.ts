import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DeviceState } from '#agent/probes';
import { Emitter, ManualClock, silentLogger } from '#base';
import type { PowerView } from '#schemas';
import { openPowerDesk } from './power-desk.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'abhaya power '));
});
afterEach(() => rm(folder, { recursive: true }));

/** A device whose owner and weather are in the test's hands. */
function device() {
  const changes = new Emitter<DeviceState>();
  let state = { profile: 'flagship', battery: 0.8, charging: false, thermalStatus: 0 } as DeviceState;
  return {
    probe: {
      get state() {
        return state;
      },
      onChange: (listener: (state: DeviceState) => void) => changes.on(listener),
    },
    becomes(next: Partial<DeviceState>) {
      state = { ...state, ...next };
      changes.emit(state);
    },
    listeners: () => changes.size,
  };
}
const open = (probe: ReturnType<typeof device>['probe']) =>
  openPowerDesk({
    file: path.join(folder, 'data', 'power.json'),
    probe,
    clock: new ManualClock(),
    logger: silentLogger,
  });

test('settings hold over a restart, whole, and nothing else is left in the folder', async () => {
  const { probe } = device();
  const first = await open(probe);
  expect(first.participation).toEqual({ accepts: true });
  await first.set({ ...first.view.policy, participation: false, batteryFloorPercent: 50 });
  first.close();
  const second = await open(probe);
  expect(second.view).toMatchObject({
    takes: 'none',
    policy: { participation: false, batteryFloorPercent: 50 },
  });
  expect(await readdir(path.join(folder, 'data'))).toEqual(['power.json']);
  second.close();
});

test('of two changes at once the later one is kept', async () => {
  const { probe } = device();
  const desk = await open(probe);
  const { policy } = desk.view;
  await Promise.all([
    desk.set({ ...policy, batteryFloorPercent: 30 }),
    desk.set({ ...policy, batteryFloorPercent: 40 }),
  ]);
  expect(desk.view.policy.batteryFloorPercent).toBe(40);
  const kept = JSON.parse(await readFile(path.join(folder, 'data', 'power.json'), 'utf8'));
  expect(kept.batteryFloorPercent).toBe(40);
  desk.close();
});

test('a damaged file takes no tasks until it is set anew', async () => {
  const { probe } = device();
  const desk = await open(probe);
  await desk.set(desk.view.policy);
  desk.close();
  await writeFile(path.join(folder, 'data', 'power.json'), '{"participation":tru');
  const after = await open(probe);
  expect(after.participation).toMatchObject({ accepts: false });
  await after.set({ ...after.view.policy, participation: true });
  expect(after.participation).toEqual({ accepts: true });
  after.close();
});

test('it tells of what changed, once, and lets go of the probe', async () => {
  const phone = device();
  const desk = await open(phone.probe);
  const told: PowerView['takes'][] = [];
  desk.onChange(({ takes }) => told.push(takes));
  phone.becomes({ battery: 0.19 });
  phone.becomes({ battery: 0.19, cpuLoad: 0.5 });
  expect(told).toEqual(['essential']);
  await desk.set({ ...desk.view.policy, essentialServices: ['org.abhaya.wordcount'] });
  expect(desk.participation).toMatchObject({ accepts: false, except: ['org.abhaya.wordcount'] });
  phone.becomes({ battery: 0.3 });
  expect(told.at(-1)).toBe('all');
  desk.close();
  expect(phone.listeners()).toBe(0);
});
