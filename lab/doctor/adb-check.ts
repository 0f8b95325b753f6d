// Whether an adb server answers at a port: looked at with adb's own question for its version, nothing is started.

import { connect } from 'node:net';
import type { DoctorCheck } from '#schemas';

const TIMEOUT_MS = 2_000;
const QUESTION = '000chost:version';
/** OKAY, the length of the answer and the version, both as four hex digits. */
const ANSWER = /^OKAY0004([0-9a-f]{4})/;
const MAX_ANSWER = 64;

export interface AdbCheckOptions {
  readonly name: string;
  readonly port: number;
  /** Said when nothing listens there; undefined: then it is broken. */
  readonly whenNone?: string;
}

export async function checkAdbServer({ name, port, whenNone }: AdbCheckOptions): Promise<DoctorCheck> {
  const at = `127.0.0.1:${port}`;
  const answer = await ask(port);
  if (answer === undefined)
    return whenNone === undefined
      ? { name, ok: false, found: `no answer at ${at}`, fix: 'restart the lab host' }
      : { name, ok: true, found: `nothing at ${at}. ${whenNone}` };
  const [, version] = ANSWER.exec(answer) ?? [];
  return version === undefined
    ? { name, ok: false, found: `${at} is taken by something that is no adb server`, fix: 'end that program' }
    : { name, ok: true, found: `answers at ${at}, protocol ${Number.parseInt(version, 16)}` };
}

/** What it says, or undefined when nothing listens. A port that stays silent has said an empty answer. */
function ask(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    let connected = false;
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    socket.on('connect', () => {
      connected = true;
      socket.write(QUESTION);
    });
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1');
      if (said.length >= MAX_ANSWER || ANSWER.test(said)) socket.destroy();
    });
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => resolve(connected ? said : undefined));
  });
}
