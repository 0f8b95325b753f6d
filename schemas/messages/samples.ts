// One good sample of every message kind: golden/messages holds their CBOR, which TypeScript and Kotlin both read.

import type { MessageBody, MessageKindName } from './kinds.ts';
import type { WireServiceKey } from './parts.ts';
import type { StreamHeader } from './streams.ts';

const nodeA = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const nodeB = 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025';
const taskId = '000102030405060708090a0b0c0d0e0f';
const hashA = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const hashB = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const service: WireServiceKey = {
  author: 'pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion',
  packageId: 'org.abhaya.wordcount',
  version: '1.0.0',
  manifestSha256: hashA,
};

const needs: MessageBody<'task_request'>['needs'] = {
  profile: 'budget',
  runtimes: ['native'],
  platforms: ['android', 'linux'],
  abis: ['arm64-v8a', 'x86_64'],
  minMemoryMB: 64,
  maxMemoryMB: 64,
  storageMB: 1,
  gpu: false,
  hardware: [],
  timeoutMs: 30_000,
};

const receiptBody: MessageBody<'receipt'>['body'] = {
  taskId,
  requester: nodeA,
  executor: nodeB,
  service,
  inputsSha256: hashB,
  resultSha256: hashA,
  cpuMs: 12.5,
  wallMs: 20,
  peakMemoryBytes: 1_228_800,
  finishedAt: 1_795_392_000_000,
};

const bytes = (fill: number, length: number): Uint8Array => new Uint8Array(length).fill(fill);

export const messageSamples: { readonly [K in MessageKindName]: MessageBody<K> } = {
  service_query: { queryId: '0011223344556677', packageId: 'org.abhaya.wordcount', versionRange: '^1.0.0' },
  service_response: {
    queryId: '0011223344556677',
    services: [
      {
        key: service,
        serviceName: 'Word count',
        description: 'Counts lines, words and bytes.',
        serviceType: 'TEXT_PROCESSING',
        capabilities: ['text'],
        inputs: [
          { name: 'text', mediaType: 'application/octet-stream', required: true, maxBytes: 1_073_741_824 },
        ],
        outputs: [{ name: 'counts', mediaType: 'application/json', required: true, maxBytes: 65_536 }],
        privacyClass: 'private',
        needs,
        packedBytes: 824_329,
      },
    ],
  },
  task_request: {
    taskId,
    round: 1,
    service,
    needs,
    packedBytes: 824_329,
    inputBytes: 44,
    privacy: 'private',
    deadlineMs: 120_000,
    reward: 0,
  },
  task_offer: {
    taskId,
    round: 1,
    accept: true,
    hasService: true,
    profile: 'flagship',
    freeMemoryMB: 2048,
    cpuLoad: 0.25,
    runningTasks: 0,
    maxTasks: 2,
    battery: 0.5,
    charging: true,
    thermal: 'cool',
  },
  task_start: {
    taskId,
    attempt: 1,
    service,
    sources: [nodeA],
    inputs: [
      { name: 'text', mediaType: 'application/octet-stream', bytes: 3, sha256: hashA, inline: bytes(97, 3) },
    ],
    privacy: 'private',
    deadlineMs: 119_000,
  },
  task_progress: {
    taskId,
    attempt: 1,
    phase: 'running',
    work: 500,
    done: 44,
    total: 44,
    cpuMs: 12.5,
    memoryBytes: 1_228_800,
    bytesIn: 44,
    bytesOut: 0,
  },
  task_result: {
    taskId,
    attempt: 1,
    status: 'completed',
    report: {
      reason: 'completed',
      exitCode: 0,
      cpuMs: 12.5,
      peakMemoryBytes: 1_228_800,
      wallMs: 20,
      bytesIn: 44,
      bytesOut: 2,
      errnoHits: { getrandom: 1 },
      layers: ['seccomp', 'rlimits'],
    },
    outputs: [
      { name: 'counts', mediaType: 'application/json', bytes: 2, sha256: hashB, inline: bytes(0x30, 2) },
    ],
    resultSha256: hashA,
    receipt: { body: receiptBody, executorSignature: bytes(1, 64) },
  },
  result_ack: { taskId, attempt: 1, resultSha256: hashA, accepted: true, requesterSignature: bytes(2, 64) },
  task_cancel: { taskId, attempt: 1, reason: 'changed my mind' },
  receipt: { body: receiptBody, executorSignature: bytes(1, 64), requesterSignature: bytes(2, 64) },
};

export const streamSamples = {
  task_inputs: { kind: 'task_inputs', taskId, attempt: 1, name: 'text', offset: 65_536 },
  task_outputs: { kind: 'task_outputs', taskId, attempt: 1, name: 'counts', offset: 0 },
  retrieve_service: { kind: 'retrieve_service', manifestSha256: hashA, offset: 0 },
} as const satisfies Record<string, StreamHeader>;

export const headSamples = {
  service_bundle: { kind: 'service_bundle', bytes: 824_329, sha256: hashB, offset: 0 },
  task_file: { kind: 'task_file', bytes: 44, sha256: hashA, offset: 0 },
} as const;
