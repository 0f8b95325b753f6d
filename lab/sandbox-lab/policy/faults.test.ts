import { expect, test } from 'vitest';
import {
  type InstalledFilter,
  type LauncherPolicy,
  parseFilter,
  parseLauncherPolicy,
} from './policy-document.ts';
import { faults } from './read-policy.ts';

const filter: InstalledFilter = {
  instructions: 2,
  allows: [
    { name: 'read', always: true },
    { name: 'mmap', always: false },
  ],
  ...{ others: [], foreign: 'asked', program: '0020000000000004' },
};
const policy: LauncherPolicy = {
  ...{ runtime: 'native', arch: 'x86_64', observed: ['exit_group'], errno: [] },
  allowed: ['read', 'mmap', 'exit_group'],
  reasons: { read: 'input' },
  checks: { mmap: 'private only' },
  filter,
};

test('a filter that is its table', () => {
  expect(faults(policy, filter)).toEqual([]);
});

test.each<[string, Partial<InstalledFilter>, RegExp]>([
  [
    'a call more',
    { allows: [...filter.allows, { name: 'openat', always: true }] },
    /^openat is let through$/,
  ],
  ['a call less', { allows: filter.allows.slice(0, 1) }, /^mmap is not let through$/],
  [
    'one that should be shown first',
    { allows: [...filter.allows, { name: 'exit_group', always: true }] },
    /^exit_group is let through$/,
  ],
  [
    'arguments that nobody checks',
    {
      allows: [
        { name: 'read', always: true },
        { name: 'mmap', always: true },
      ],
    },
    /^mmap is let through with any arguments$/,
  ],
  ['a call that is killed', { others: ['getpid'] }, /^getpid is neither/],
  ['foreign entries', { foreign: 'allowed' }, /^foreign entries are allowed$/],
])('%s', (_what, changed, words) => {
  expect(faults(policy, { ...filter, ...changed })).toEqual([expect.stringMatching(words)]);
});

test('more than twelve calls', () => {
  const allows = Array.from({ length: 13 }, (_, at) => ({ name: `call${at}`, always: true }));
  const many = { ...policy, allowed: allows.map(({ name }) => name), observed: [], checks: {} };
  expect(faults(many, { ...filter, allows })).toEqual(['more than twelve calls are allowed']);
});

test('words that are no policy', () => {
  expect(() => parseLauncherPolicy('{}')).toThrow(expect.objectContaining({ code: 'sandbox.unavailable' }));
  expect(() => parseFilter(JSON.stringify({ ...filter, program: 'xyz' }))).toThrow();
  expect(parseLauncherPolicy(JSON.stringify(policy))).toEqual(policy);
});
