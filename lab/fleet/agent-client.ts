// The lab host's end of the control connection: a `tcp:` stream of the adb transport, TLS with the agent's key, calls.
// Owns its connections; closing ends them, the agent goes on.

import { randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { posix } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { WebSocket } from 'ws';
import { createRpcPeer, type RpcPeer } from '#agent/control';
import { nodeIdOfCertificate } from '#agent/identity';
import { AbhayaError, fromErrorShape, type Logger, withTimeout } from '#base';
import type { DeviceTransport } from '#lab/adb';
import {
  AGENT_FRAME_MAX_BYTES,
  AGENT_PROTOCOL,
  type AgentCalls,
  type AgentEvents,
  type AgentHello,
  type AgentRunFile,
  agentCalls,
  agentEvents,
} from '#schemas';
import { type PhoneLayout, shellQuote } from './layout.ts';

export interface AgentClient extends Pick<RpcPeer<AgentCalls, AgentEvents>, 'call' | 'on' | 'disconnected'> {
  /** With the sandbox as it is now. */
  readonly hello: AgentHello;
  /** Puts a file into the agent's spool under a name that `services.add` and `task.submit` take. */
  putSpool(
    name: string,
    source: Readable,
    options?: { signal?: AbortSignal },
  ): Promise<{ bytes: number; sha256: string }>;
  openOutput(taskId: string, name: string): Promise<Readable>;
  openCapture(): Promise<Readable>;
  /** A raw stream to the agent's bridge port. */
  openBridge(signal: AbortSignal): Promise<Duplex>;
  close(): void;
}

const SECRET_LIFE_MS = 60_000;
const HANDSHAKE_MS = 15_000;
/** A dead agent's port answers at once; this is for phones that fall silent, and must bear a busy machine. */
const HEARTBEAT_MS = 5_000;

/** Attaches to the agent that the run file tells of. Throws `agent.handshake` when it can't prove its key. */
export async function attachAgent(
  transport: DeviceTransport,
  layout: PhoneLayout,
  running: AgentRunFile,
  options: { logger: Logger; signal: AbortSignal },
): Promise<AgentClient> {
  const authorization = await writeSecret(transport, layout, options.signal);
  const secure = async (signal?: AbortSignal): Promise<TLSSocket> => {
    const raw = await transport.openTcp(running.controlPort, signal ? { signal } : {});
    return proveKey(raw, running.nodeId);
  };

  const socket = await withTimeout(
    openControl(await secure(options.signal), authorization),
    HANDSHAKE_MS,
    'the handshake',
  );
  const peer = createRpcPeer<AgentCalls, AgentEvents>({
    socket,
    calls: agentCalls,
    events: agentEvents,
    maxFrameBytes: AGENT_FRAME_MAX_BYTES,
    heartbeatMs: HEARTBEAT_MS,
    logger: options.logger,
  });
  let sandbox: AgentHello['sandbox'] | undefined;
  // Before the greeting, or one that comes right behind it would be missed.
  peer.on('sandbox.changed', (changed) => {
    sandbox = changed;
  });
  try {
    const hello = await peer.call('hello', {}, { timeoutMs: HANDSHAKE_MS, signal: options.signal });
    if (hello.nodeId !== running.nodeId || hello.protocol !== AGENT_PROTOCOL) {
      throw new AbhayaError('agent.handshake', 'the agent says that it is another one');
    }
    return {
      get hello() {
        return sandbox ? { ...hello, sandbox } : hello;
      },
      call: peer.call,
      on: peer.on,
      disconnected: peer.disconnected,
      close: peer.close,
      openBridge: (signal) => transport.openTcp(hello.bridgePort, { signal }),
      async putSpool(name, source, { signal } = {}) {
        const response = await exchange(await secure(signal), 'PUT', `/spool/${name}`, authorization, source);
        return (await json(response)) as { bytes: number; sha256: string };
      },
      openCapture: async () => exchange(await secure(), 'GET', '/capture', authorization),
      async openOutput(taskId, name) {
        const path = `/outputs/${encodeURIComponent(taskId)}/${encodeURIComponent(name)}`;
        return exchange(await secure(), 'GET', path, authorization);
      },
    };
  } catch (error) {
    peer.close();
    throw error;
  }
}

/** The secret goes over stdin into a file that only the shell user can read; it never stands in arguments. */
async function writeSecret(
  transport: DeviceTransport,
  layout: PhoneLayout,
  signal: AbortSignal,
): Promise<string> {
  const attachId = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('hex');
  const file = posix.join(layout.attachDir, `${attachId}.json`);
  const command =
    `umask 077; mkdir -p ${shellQuote(layout.attachDir)} && cat > ${shellQuote(`${file}.part`)} && ` +
    `mv ${shellQuote(`${file}.part`)} ${shellQuote(file)}`;
  const stdin = JSON.stringify({ secret, expiresAt: Date.now() + SECRET_LIFE_MS });
  const { exitCode, stderr } = await transport.shell(command, { stdin, signal });
  if (exitCode !== 0)
    throw new AbhayaError('agent.handshake', `can't hand over a secret: ${stderr.slice(0, 300)}`);
  return `Abhaya ${attachId}.${secret}`;
}

/** TLS over the adb stream; whoever answers must hold the key that the run file names. */
function proveKey(raw: Duplex, nodeId: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const fail = (message: string, cause?: unknown) => {
      raw.destroy();
      reject(new AbhayaError('agent.handshake', message, { cause }));
    };
    // The chain proves nothing here: the key itself is pinned below.
    const socket = tlsConnect({ socket: raw, rejectUnauthorized: false, minVersion: 'TLSv1.3' });
    const timer = setTimeout(() => fail('the agent does not answer'), HANDSHAKE_MS);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      const certificate = socket.getPeerX509Certificate();
      if (!certificate || nodeIdOfCertificate(certificate) !== nodeId) {
        return fail('what answers on the agent port does not hold the agent key');
      }
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      fail(`no TLS with the agent: ${error.message}`, error);
    });
    raw.once('close', () => {
      clearTimeout(timer);
      fail('the agent closed the connection');
    });
  });
}

function openControl(secure: TLSSocket, authorization: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket('ws://agent/control', {
      createConnection: () => secure,
      headers: { authorization },
      perMessageDeflate: false,
      maxPayload: AGENT_FRAME_MAX_BYTES,
    });
    socket.once('open', () => resolve(socket));
    socket.once('error', (cause) => reject(new AbhayaError('agent.handshake', cause.message, { cause })));
  });
}

/** One HTTP request on a connection of its own. */
function exchange(
  secure: TLSSocket,
  method: 'PUT' | 'GET',
  path: string,
  authorization: string,
  body?: Readable,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        method,
        path,
        host: 'agent',
        createConnection: () => secure,
        headers: { authorization, connection: 'close' },
      },
      (response) => {
        response.once('close', () => secure.destroy());
        if (response.statusCode === 200) return resolve(response);
        json(response).then(
          (shape) => reject(fromErrorShape(shape as { code: string; message: string })),
          (error: Error) => reject(error),
        );
      },
    );
    outgoing.once('error', (cause) => {
      secure.destroy();
      reject(new AbhayaError('device.lost', `the agent's connection broke: ${cause.message}`, { cause }));
    });
    if (body) pipeline(body, outgoing).catch(reject);
    else outgoing.end();
  });
}
