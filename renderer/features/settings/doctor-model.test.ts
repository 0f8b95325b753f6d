import { expect, test } from 'vitest';
import { commandsOf, inOrder, summaryOf } from './doctor-model.ts';

test('commands are found among the words of a fix', () => {
  expect(commandsOf('type: npm run setup')).toEqual(['npm run setup']);
  expect(commandsOf('look at: abhaya logs -s VP0001')).toEqual(['abhaya logs -s VP0001']);
  expect(
    commandsOf(
      'Debian, older: sysctl kernel.unprivileged_userns_clone=1; Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0',
    ),
  ).toEqual([
    'sysctl kernel.unprivileged_userns_clone=1',
    'sysctl kernel.apparmor_restrict_unprivileged_userns=0',
  ]);
  expect(commandsOf('adb start-server')).toEqual(['adb start-server']);
});

test('words that are no command are not offered as one', () => {
  expect(commandsOf('free some space: a set-up and five phones need 2 GiB')).toEqual([]);
  expect(commandsOf('the sandbox needs Linux 5.0 or newer with seccomp')).toEqual([]);
});

test('what is broken comes first, and is counted', () => {
  const check = (name: string, ok: boolean) => ({ name, ok, found: '' });
  const checks = [check('a', true), check('b', false), check('c', true)];
  expect(inOrder(checks).map(({ name }) => name)).toEqual(['b', 'a', 'c']);
  expect(summaryOf(checks)).toBe('1 of 3 checks needs a look');
  expect(summaryOf(checks.filter(({ ok }) => ok))).toBe('All 2 checks are fine');
});
