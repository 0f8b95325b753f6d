// The way of a real phone's supervisor: found by probing, started as `app_process`. ART itself isn't here: a script by
// that name, in a virtual phone's /system/bin, checks what it is given and has a JVM run the same classes.

import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '#base';
import type { DeviceTransport } from '#lab/adb';
import { loadToolchain } from '#lab/toolchain';
import { openPhoneBench, type PhoneBench } from '../virtual-phone/testing/phone-bench.ts';
import { attachAgent } from './agent-client.ts';
import { startAgent } from './agent-starter.ts';
import { deploy, pushFolder } from './deploy.ts';
import { fitPayload } from './fit-payload.ts';
import { phoneLayout } from './layout.ts';
import { loadPayload } from './payload.ts';
import { type PhoneStatus, parseStatus, statusCommand } from './phone-status.ts';
import { takeAgentAway } from './take-agent-away.ts';

const { signal } = new AbortController();

/** Refuses what a real one could not run: other arguments, or a class path that is no single read-only file. */
const FAKE = `#!/system/bin/sh
echo "$0 $*" > "$HOME/log/app_process.txt"
case "$1" in -Djava.class.path=/*) jar=\${1#*=};; *) echo "no class path: $1" >&2; exit 9;; esac
[ "$2" = / ] && [ "$3" = org.abhaya.supervisor.Main ] && [ $# = 3 ] || { echo "not so: $*" >&2; exit 9; }
[ "$(stat -c %a "$jar")" = 400 ] || { echo "ART wants read-only code: $jar" >&2; exit 9; }
exec "\${ABHAYA_JVM:-/apex/jvm}/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "\${jar%.dex.jar}.jar" "$3"
`;

let bench: PhoneBench;
let transport: DeviceTransport;
beforeAll(async () => {
  bench = await openPhoneBench();
  const phone = await bench.phone();
  await bench.server.connect(phone.adbAddress);
  transport = await bench.server.open(phone.adbAddress);
});
afterAll(async () => {
  await takeAgentAway(transport, { remove: true, signal }).finally(() => transport.close());
  await bench.close();
});

const shell = async (command: string): Promise<string> => (await transport.shell(command)).stdout;
const look = async (): Promise<PhoneStatus> => parseStatus(await shell(statusCommand()));

async function attach(found: PhoneStatus) {
  const payload = fitPayload(await loadPayload(loadToolchain().dist, found.abi), found);
  await deploy(transport, found, payload, { signal });
  // There already, as from an agent that offered it.
  const jvm = payload.modules.jvm;
  if (jvm) await pushFolder(transport, 'jvm', jvm, { signal, onSent: () => undefined });
  const status = await look();
  const layout = phoneLayout(payload);
  const started = await startAgent(transport, layout, status, {
    bundleHash: `${payload.runtime.hash}-${payload.agent.hash}`,
    signal,
  });
  return attachAgent(transport, layout, started, { logger: silentLogger, signal });
}

/** The command lines of everything that runs on the phone. */
const running = async (): Promise<string> =>
  (await shell('cat /proc/[0-9]*/cmdline 2>/dev/null')).replaceAll('\0', ' ');

test('a virtual phone has no app_process, and uses its JVM', async () => {
  const status = await look();
  expect(status.art).toBeUndefined();
  expect(status.jvm).toMatch(/\/bin\/java$/);
  const agent = await attach(status);
  expect(agent.hello.sandbox.runtimes).toContain('native');
  expect(await running()).toMatch(/-jar \S+\/supervisor\.jar/);
  // The Kotlin probes and the agent's own look at the same phone.
  const probe = `cd /data/local/tmp/abhaya/agent/*/ && ${status.jvm} -cp supervisor.jar org.abhaya.probe.ProbeMain`;
  const { cores, memoryBytes, batteryPercent, charging, thermal } = agent.hello.device;
  expect(JSON.parse(await shell(probe))).toMatchObject({
    ...{ model: status.model, abi: status.abi, android: status.android, apiLevel: status.apiLevel },
    ...{ processors: cores, memoryBytes, batteryPercent, charging, thermalStatus: thermal },
  });
  agent.close();
});

test.each(['app_process', 'app_process64'])('where there is %s, it runs the dex file', async (name) => {
  const [image = ''] = await readdir(join(bench.dir, 'images'));
  const fake = join(bench.dir, 'images', image, 'system/bin', name);
  await writeFile(fake, FAKE, { mode: 0o755 });
  const status = await look();
  expect(status.art).toMatch(new RegExp(`/system/bin/${name}$`));
  const agent = await attach(status);
  expect(agent.hello.sandbox).toMatchObject({ runtimes: expect.arrayContaining(['native']) });
  expect(agent.hello.sandbox.unavailable).toBeUndefined();
  // Its jvm is ART's, which was never attacked: not wanted, and not offered where it is there.
  expect(agent.hello.sandbox.runtimes).not.toContain('jvm');
  expect(agent.hello.sandbox.lacks?.jvm).toMatch(/by ART, on which its attacks have not been made/);
  expect(agent.hello.sandbox.modules?.jvm?.wanted).toBe(false);
  expect(await shell('ls /data/local/tmp/abhaya/jvm/*')).toMatch(/abhaya-art\.jar\s+libabhaya-art\.so/);
  const said = await shell('cat /data/local/tmp/abhaya/log/app_process.txt');
  expect(said).toMatch(
    /^\S+\/app_process(64)? -Djava\.class\.path=\/\S+\/supervisor\.dex\.jar \/ org\.abhaya\.supervisor\.Main\n$/,
  );
  expect(await running()).toContain(' org.abhaya.supervisor.Main');
  agent.close();
  await rm(fake);
});
