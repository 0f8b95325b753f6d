// For tests: several whole devices (engine, library, sandbox tester) on one mesh tester, with short times.

import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openServiceLibrary, type SchemaJudge, type ServiceLibrary } from '#agent/services';
import { seededRandom, silentLogger, sleep, systemClock, systemRandom } from '#base';
import type { AgentTaskView } from '#schemas';
import { craftZip, goodEntries, testManifest } from '../../services/craft-zip.tester.ts';
import { createTaskEngine, type EngineTimings, type TaskEngineOptions } from '../engine.ts';
import type { DeviceSnapshot, SubmitOptions, TaskEngine } from '../port.ts';
import { MeshTester } from './mesh-tester.ts';
import { type Behaviour, SandboxTester } from './sandbox-tester.ts';

/** A twentieth of the real ones. */
export const quick: EngineTimings = {
  requester: {
    offerTimeoutMs: 150,
    goodEnough: 0.8,
    rounds: 3,
    maxAttempts: 5,
    startResendMs: 30,
    silenceMs: 400,
    stallMs: 1500,
    runGraceMs: 1000,
  },
  executor: { beatMs: 50, resendMs: 30, maxResendMs: 150, rememberMs: 60_000, refusalMs: 2000 },
  queryTimeoutMs: 200,
  queryGraceMs: 30,
  idleMs: 1000,
};

const phone: DeviceSnapshot = {
  profile: 'mid-range',
  abi: 'x86_64',
  platforms: ['android'],
  runtimes: ['native'],
  memoryMB: 4096,
  freeStorageMB: 10_000,
  hasGpu: false,
  specialHardware: [],
  freeMemoryMB: 2048,
  cpuLoad: 0.1,
  battery: 0.9,
  charging: false,
  thermal: 'cool',
  participation: { accepts: true },
};

export interface Device {
  readonly nodeId: string;
  readonly engine: TaskEngine;
  readonly library: ServiceLibrary;
  readonly sandbox: SandboxTester | undefined;
  readonly facts: { -readonly [K in keyof DeviceSnapshot]: DeviceSnapshot[K] };
  readonly spool: string;
  restart(): Promise<TaskEngine>;
}

export const program = { 'service/echo': new TextEncoder().encode('#!program') };

/** Gives the input back as a JSON value. */
export const echo: Behaviour = async (input) => ({
  output: Buffer.from(
    JSON.stringify({ echo: Buffer.from(input).toString('latin1').slice(0, 40), bytes: input.length }),
  ),
});

export class LabTester {
  readonly mesh: MeshTester;
  readonly root: string;
  readonly judge: SchemaJudge;
  readonly devices: Device[] = [];

  private constructor(root: string, mesh: MeshTester, judge: SchemaJudge) {
    this.root = root;
    this.mesh = mesh;
    this.judge = judge;
  }

  /** The judge is borrowed: its thread takes longer to start than most tests. */
  static async open(judge: SchemaJudge, options: { seed?: number; line?: boolean } = {}): Promise<LabTester> {
    const root = await mkdtemp(join(tmpdir(), 'abhaya-tasks-'));
    return new LabTester(root, new MeshTester(seededRandom(options.seed ?? 1), options), judge);
  }

  /** A device; without a behaviour it can't run anything. */
  async plugIn(
    behaviour?: Behaviour,
    facts: Partial<DeviceSnapshot> = {},
    more: Partial<TaskEngineOptions> = {},
  ): Promise<Device> {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const nodeId = publicKey.export({ format: 'der', type: 'spki' }).subarray(12).toString('hex');
    const folder = join(this.root, nodeId.slice(0, 8));
    const sandbox = behaviour ? new SandboxTester(behaviour) : undefined;
    const device = { ...phone, ...facts };
    const mesh = this.mesh.join(nodeId);
    const library = await openServiceLibrary({
      folder: join(folder, 'library'),
      deviceFacts: () => device,
      judge: this.judge,
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    });
    const open = () =>
      createTaskEngine({
        mesh,
        library,
        judge: this.judge,
        sandbox,
        device: () => device,
        trust: () => 'install',
        identity: {
          sign: (message) => Uint8Array.from(sign(null, message, privateKey)),
          verify: (id, message, signature) => verify(null, message, keyOf(id), signature),
        },
        spoolDir: join(folder, 'spool'),
        clock: systemClock,
        random: systemRandom,
        logger: silentLogger,
        timings: quick,
        ...more,
      });
    const made = {
      nodeId,
      engine: await open(),
      library,
      sandbox,
      facts: device,
      spool: join(folder, 'spool'),
      async restart() {
        made.engine = await open();
        return made.engine;
      },
    };
    this.devices.push(made);
    return made;
  }

  /** Puts a version of the echo service into the devices' libraries; its manifest hash. */
  async install(
    devices: readonly Device[],
    changes: object = {},
    files: Record<string, Uint8Array> = program,
  ) {
    const path = join(this.root, `${Buffer.from(systemRandom.bytes(4)).toString('hex')}.meshsvc`);
    await writeFile(path, craftZip(goodEntries(files, { manifest: testManifest(files, changes) })));
    let manifestSha256 = '';
    for (const { library } of devices) manifestSha256 = (await library.add(path)).key.manifestSha256;
    return manifestSha256;
  }

  async close(): Promise<void> {
    await Promise.all(this.devices.map(({ engine }) => engine.close()));
    this.mesh.close();
    await rm(this.root, { recursive: true, force: true });
  }
}

const keyOf = (nodeId: string): Parameters<typeof verify>[2] => ({
  key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(nodeId, 'hex').toString('base64url') },
  format: 'jwk',
});

export const echoTask = (input: string, more: Partial<SubmitOptions> = {}): SubmitOptions => ({
  packageId: 'org.example.echo',
  inputs: { text: { value: input } },
  ...more,
});

export const finals = ['acknowledged', 'failed', 'cancelled', 'expired'];

/** The task's view once it satisfies the test, by default once it has ended. */
export async function taskThat(
  engine: TaskEngine,
  taskId: string,
  test: (view: AgentTaskView) => boolean = (view) => finals.includes(view.state),
  timeoutMs = 10_000,
): Promise<AgentTaskView> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const view = engine.get(taskId);
    if (test(view)) return view;
    if (performance.now() > deadline) throw new Error(`the task stays ${JSON.stringify(view, null, 1)}`);
    await sleep(5);
  }
}
