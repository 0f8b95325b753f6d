// A phone with our APK: its agent finds the supervisor in the isolated process, and jobs bring their files along. There is
// no Android here: the APK is really installed by adb, and a script stands in for `content` and what it reaches, the
// provider and the service, by running the same supervisor.

import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from '#base';
import { loadToolchain } from '#lab/toolchain';
import type { PhoneView } from '#schemas';
import { createLabTester, type LabTester } from './lab.tester.ts';
import { type RunDocument, runService } from './run-service.tester.ts';

/** Refuses what the real one would: other words, a name that is no meeting's, a package that is not installed. */
const CONTENT = `#!/system/bin/sh
echo "$*" >> "$HOME/log/content.txt"
[ $# = 3 ] && [ "$2" = --uri ] || { echo "usage: content $1 --uri URI" >&2; exit 1; }
case "$3" in content://org.abhaya.shim/*) ;; *) echo "Could not find provider" >&2; exit 1;; esac
pm path org.abhaya.shim > /dev/null || { echo "Could not find provider" >&2; exit 1; }
meeting=\${3#content://org.abhaya.shim/}; name=\${meeting%/*}
case "$name" in *[!0-9a-f]* | ?????? | "") echo "nothing is at $3" >&2; exit 1;; esac
mkfifo "$HOME/run/$name" 2> /dev/null
case "$1 \${meeting#*/}" in
  "write in") exec cat > "$HOME/run/$name";;
  "read out")
    cd "$HOME"/agent/*/ || exit 1
    exec "\${ABHAYA_JVM:-/apex/jvm}/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp supervisor.jar \\
      org.abhaya.supervisor.Main < "$HOME/run/$name" 2> "$HOME/log/content-service.txt";;
  *) echo "$3 is not for $1" >&2; exit 1;;
esac
`;

let lab: LabTester;
let adb: (...args: string[]) => Promise<string>;
beforeAll(async () => {
  lab = await createLabTester();
  const up = await lab.json<{ exitCode: number; adbPort: number }>('up', '--phones', '2', '--detach');
  expect(up.exitCode).toBe(0);
  const [image = ''] = await readdir(path.join(lab.home, 'images'));
  await writeFile(path.join(lab.home, 'images', image, 'system/bin/content'), CONTENT, { mode: 0o755 });
  const { need, dist } = loadToolchain();
  const [phone] = await lab.phones();
  adb = async (...args) =>
    (await promisify(execFile)(need('adb'), ['-P', `${up.adbPort}`, '-s', phone?.adbSerial ?? '', ...args]))
      .stdout;
  await adb('install', path.join(dist, 'shim', 'abhaya-shim.apk'));
});
afterAll(() => lab.close());

const sandboxWhen = (holds: (sandbox: NonNullable<PhoneView['sandbox']>) => boolean) =>
  lab.phoneWhen('VP0001', ({ state, sandbox }) => state === 'running' && !!sandbox && holds(sandbox));
const wordcount = async (): Promise<RunDocument> => {
  const text = await lab.file('text.txt', 'one two two\n'.repeat(20_000));
  return runService(lab, {
    ...{ service: 'org.abhaya.wordcount', input: `text=${text}`, from: 'VP0002', on: 'VP0001' },
  });
};
/** What of it runs on the phone: the launcher, and what joins the two commands, which are other programs by then. */
const running = async () =>
  (await lab.processes()).filter((line) => /--bytes|abhaya-shim content:/.test(line));

test('its agent finds the way there, and says what can not run on it', async () => {
  expect((await lab.json('phone', 'restart-agent', '-s', 'VP0001')).exitCode).toBe(0);
  const { sandbox } = await sandboxWhen(
    ({ runtimes }) => runtimes.includes('native') && !runtimes.includes('nodejs'),
  );
  expect(sandbox?.runtimes).toEqual(['native', 'go']);
  expect(sandbox?.lacks?.nodejs).toContain('isolated process');
  expect(await adb('shell', 'cat', '/data/local/tmp/abhaya/log/content.txt')).toMatch(
    /^(?:(?:read|write) --uri content:\/\/org\.abhaya\.shim\/[0-9a-f]{32}\/(?:in|out)\n){2}$/,
  );
  const [one = '', other = '', ...more] = await running();
  expect([`${one}\n${other}`, more]).toEqual([expect.stringMatching(/--bytes/), []]);
});

test('a service runs there from its bytes alone', async () => {
  const ran = await wordcount();
  expect(ran).toMatchObject({ exitCode: 0, state: 'acknowledged', device: 'VP0001' });
  expect(ran.report.reason).toBe('completed');
});

test('kill -9 of the agent leaves nothing of it', async () => {
  const numbers = async () => (await running()).map((line) => Number.parseInt(line, 10));
  const before = await numbers();
  const agents = (await lab.processes()).filter((line) => /agent\.mjs run/.test(line));
  for (const line of agents) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  // The agent that is started in its place starts others.
  const gone = async () => (await numbers()).every((pid) => !before.includes(pid)) || undefined;
  await poll(gone, { everyMs: 50, timeoutMs: 30_000, what: 'the end of what it had started' });
});

test('without the APK it is as before', async () => {
  await adb('uninstall', 'org.abhaya.shim');
  await lab.json('phone', 'restart-agent', '-s', 'VP0001');
  await sandboxWhen(({ runtimes }) => runtimes.includes('nodejs'));
  expect(await running()).toEqual([]);
});
