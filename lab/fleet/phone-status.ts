// One shell command that tells what a phone is and what of ours is on it, and the parser of its answer.

import { AbhayaError } from '#base';
import { AgentRunFile, jsonParserOf } from '#schemas';
import { PHONE_ROOT, shellQuote } from './layout.ts';

export interface PhoneStatus {
  readonly serial: string;
  readonly model: string;
  readonly abi: string;
  readonly android: string;
  readonly apiLevel: number;
  readonly virtual: boolean;
  /** Path of ART's program that runs a dex file, where there is one: on real phones. */
  readonly art: string | undefined;
  /** Path of a JVM: on virtual phones. */
  readonly jvm: string | undefined;
  /** Complete folders, `<room>/<content hash>`. */
  readonly folders: readonly string[];
  /** The agent that says it runs; its process may be gone. */
  readonly running: AgentRunFile | undefined;
}

const PROPERTIES = {
  serial: 'ro.serialno',
  model: 'ro.product.model',
  abi: 'ro.product.cpu.abi',
  android: 'ro.build.version.release',
  api: 'ro.build.version.sdk',
  qemu: 'ro.kernel.qemu',
} as const;

const parseRunFile = jsonParserOf(AgentRunFile, 'run/agent.json', { maxBytes: 4096 });

/** Prints key=value lines; `.complete` stands in a folder that was pushed whole. */
export const statusCommand = (): string =>
  [
    ...Object.entries(PROPERTIES).map(([key, name]) => `echo "${key}=$(getprop ${name})"`),
    // The first is a link to the main one of the other two, where a phone has both.
    'for a in app_process app_process64 app_process32; do',
    '  a=$(command -v "$a") && [ -x "$a" ] && echo "art=$a" && break',
    'done',
    // A virtual phone without namespaces names the host's JVM, as it can't have one of its own.
    `j="\${ABHAYA_JVM:-/apex/jvm}/bin/java"; [ -x "$j" ] && echo "jvm=$j"`,
    `cd ${shellQuote(PHONE_ROOT)} 2>/dev/null || exit 0`,
    `for d in */*/.complete; do [ -e "$d" ] && echo "has=\${d%/.complete}"; done`,
    '[ -r run/agent.json ] && echo "agent=$(cat run/agent.json)"',
    'exit 0',
  ].join('\n');

const FOLDER = /^[a-z]{1,16}\/[0-9a-f]{8,64}$/;

/** Throws `device.command-failed` when the answer lacks what every phone has. */
export function parseStatus(output: string): PhoneStatus {
  const values = new Map<string, string>();
  const has: string[] = [];
  for (const line of output.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (at <= 0) continue;
    const [key, value] = [line.slice(0, at), line.slice(at + 1).trim()];
    if (key === 'has') has.push(value);
    else values.set(key, value);
  }
  const serial = values.get('serial') ?? '';
  const abi = values.get('abi') ?? '';
  if (!/^[\x21-\x7e]{1,128}$/.test(serial) || !/^[\w-]{1,32}$/.test(abi)) {
    throw new AbhayaError('device.command-failed', "the phone's properties can't be read", {
      details: { output: output.slice(0, 500) },
    });
  }
  const apiLevel = Number(values.get('api'));
  return {
    serial,
    abi,
    model: (values.get('model') ?? '').slice(0, 128) || 'unknown',
    android: (values.get('android') ?? '').slice(0, 32) || 'unknown',
    apiLevel: Number.isInteger(apiLevel) && apiLevel > 0 ? apiLevel : 0,
    virtual: values.get('qemu') === '1',
    art: values.get('art'),
    jvm: values.get('jvm'),
    folders: has.filter((path) => FOLDER.test(path)),
    running: readRunFile(values.get('agent')),
  };
}

/** A damaged run file means that no agent can be reached: a new one is started. */
function readRunFile(text: string | undefined): AgentRunFile | undefined {
  if (!text) return undefined;
  try {
    return parseRunFile(text);
  } catch {
    return undefined;
  }
}
