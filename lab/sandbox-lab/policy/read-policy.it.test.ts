// The published policy of every runtime that is offered here is what is in force in a live process of it.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadToolchain } from '#lab/toolchain';
import { directRuntimes, isDirectRuntime } from '#schemas';
import { findRuntimeFolders } from '../local/runtime-folders.ts';
import { readPolicy } from './read-policy.ts';

const toolchain = loadToolchain();
const CAP_SYS_ADMIN = 1n << 21n;
const [, effective = '0'] = /^CapEff:\t(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
/** The kernel shows a filter to its administrator only, not to that of a user namespace. */
const mayLook =
  (BigInt(`0x${effective}`) & CAP_SYS_ADMIN) !== 0n &&
  readFileSync('/proc/self/uid_map', 'utf8').includes('4294967295');

const runtimes = [...directRuntimes, ...Object.keys(findRuntimeFolders(toolchain).folders)] as const;

describe.each(runtimes)('%s', (runtime) => {
  test('what is printed is what is installed', async () => {
    const policy = await readPolicy(toolchain, runtime as 'native');
    expect(policy.source).toBe(mayLook ? 'process' : 'launcher');
    expect(policy.why === undefined).toBe(mayLook);
    expect(policy.allowed.length).toBeLessThanOrEqual(12);
    expect(policy.allowed).toEqual(
      expect.arrayContaining([...policy.filter.allows.map(({ name }) => name), ...policy.observed]),
    );
    expect(policy.filter).toMatchObject({ others: [], foreign: 'asked' });
    expect(Object.keys(policy.reasons).sort()).toEqual([...policy.allowed].sort());
    // A name may be allowed with some arguments and answered with others.
    for (const { name } of policy.errno)
      if (policy.checks[name] === undefined) expect(policy.allowed).not.toContain(name);
    expect(policy.start === undefined).toBe(isDirectRuntime(runtime));
  });
});

test('a runtime that there is not', async () => {
  await expect(readPolicy(toolchain, 'cobol' as 'native')).rejects.toMatchObject({
    code: 'sandbox.unavailable',
  });
});
