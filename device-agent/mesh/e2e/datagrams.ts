// End-to-end sealed datagrams: one channel per peer and key pair, numbered messages, each read at most once.

import { createHash } from 'node:crypto';
import { type CipherSuite, checkSignedKey, type HpkeKeys, hpkeKeyName, type Verify } from '#agent/identity';
import { AbhayaError } from '#base';
import {
  DatagramPlain,
  decodeCbor,
  decodeCborHead,
  encodeCbor,
  type KeyStatement,
  MAX_DATAGRAM_BYTES,
  parserOf,
  SealPreface,
} from '#schemas';
import type { NodeId } from '../port.ts';
import {
  acceptChannel,
  type Channel,
  channelIdOf,
  type Direction,
  openChannel,
  type Sealer,
  type Use,
} from './channel.ts';
import { ReplayWindow } from './replay-window.ts';

const parsePreface = parserOf(SealPreface, 'preface of a sealed message');
const parsePlain = parserOf(DatagramPlain, 'datagram');
const PREFACE_MAX = 512;
const MAX_PEERS = 1_024;
const MAX_SETTING_UP = 64;
const PURPOSE = 'datagrams';

export interface SealingContext {
  readonly self: NodeId;
  readonly suite: CipherSuite;
  readonly keys: HpkeKeys;
  readonly verify: Verify;
  /** The newest key statement that a node's originator messages gave. */
  readonly keyOf: (node: NodeId) => KeyStatement | undefined;
}

/** The preface for a channel that was opened with `enc`. */
export function prefaceOf(context: SealingContext, enc: Uint8Array, recipientKey: Uint8Array): Uint8Array {
  const to = createHash('sha256').update(recipientKey).digest().subarray(0, 8);
  return encodeCbor({ enc, sender: context.keys.current.statement, to });
}

/** Splits a payload into preface and ciphertext and proves the sender's key. Throws `wire.malformed`, `wire.forged`. */
export function readPreface(
  context: SealingContext,
  from: NodeId,
  payload: Uint8Array,
): [SealPreface, Uint8Array] {
  const [head, sealed] = decodeCborHead(payload, payload.length);
  if (payload.length - sealed.length > PREFACE_MAX)
    throw new AbhayaError('wire.malformed', 'a preface too long');
  const preface = parsePreface(head);
  checkSignedKey(from, preface.sender, context.verify);
  const newest = context.keyOf(from);
  // A key that its node has replaced long since may have leaked: the one before the newest is the oldest taken.
  if (newest && preface.sender[0] < newest[0] - MAX_KEY_AGE_MS)
    throw new AbhayaError('wire.forged', 'sealed with a key that its node has given up');
  return [preface, sealed];
}

/** By the sender's own clock: twice the rotation. */
export const KEY_ROTATION_MS = 3_600_000;
const MAX_KEY_AGE_MS = 2 * KEY_ROTATION_MS;

export async function acceptByPreface(
  context: SealingContext,
  from: NodeId,
  preface: SealPreface,
  purpose: string,
): Promise<Channel> {
  const own = context.keys.find(Buffer.from(preface.to).toString('hex'));
  if (!own) throw new AbhayaError('wire.forged', 'sealed to a key that is not ours, or no longer');
  return acceptChannel(context.suite, {
    ends: { opener: from, other: context.self },
    purpose,
    own,
    senderKey: preface.sender[1],
    enc: preface.enc,
  });
}

interface Outgoing {
  readonly recipient: string;
  readonly own: string;
  readonly ready: Promise<{ preface: Uint8Array; id: Uint8Array; sealer: Sealer }>;
  next: number;
}

interface Incoming {
  readonly ready: Promise<Sealer>;
  readonly window: ReplayWindow;
}

export interface SealedDatagram {
  readonly channel: Uint8Array;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

const forth: Direction = 'forth';
const use: Use = 'datagram';

export class Datagrams {
  readonly #context: SealingContext;
  readonly #out = new Map<NodeId, Outgoing>();
  readonly #in = new Map<string, Incoming>();
  #settingUp = 0;

  constructor(context: SealingContext) {
    this.#context = context;
  }

  /** Throws `input.too-large` for a body above 48 KiB, `mesh.unroutable` when the peer's key isn't known. */
  async seal(to: NodeId, kind: string, body: Uint8Array): Promise<SealedDatagram> {
    if (body.length > MAX_DATAGRAM_BYTES)
      throw new AbhayaError(
        'input.too-large',
        `a datagram holds ${MAX_DATAGRAM_BYTES} bytes; larger things go in streams`,
      );
    const recipient = this.#context.keyOf(to);
    if (!recipient) throw new AbhayaError('mesh.unroutable', `nothing is known of node ${to}`);
    const out = this.#outgoing(to, recipient[1]);
    const sequence = out.next++;
    const { preface, id, sealer } = await out.ready;
    const sealed = sealer.seal(sequence, encodeCbor(parsePlain({ kind, body })));
    return { channel: id, sequence, payload: Buffer.concat([preface, sealed]) };
  }

  #outgoing(to: NodeId, recipientKey: Uint8Array): Outgoing {
    const recipient = hpkeKeyName(recipientKey);
    const own = this.#context.keys.current;
    const known = this.#out.get(to);
    if (known && known.recipient === recipient && known.own === own.name) return known;
    const { suite, self } = this.#context;
    const ready = (async () => {
      const ends = { opener: self, other: to };
      const { channel, enc } = await openChannel(suite, { ends, purpose: PURPOSE, own, recipientKey });
      return {
        preface: prefaceOf(this.#context, enc, recipientKey),
        id: channel.id,
        sealer: await channel.sealer(use, forth),
      };
    })();
    ready.catch(() => this.#out.delete(to));
    const made = { recipient, own: own.name, ready, next: 0 };
    this.#out.delete(to);
    this.#out.set(to, made);
    if (this.#out.size > MAX_PEERS) this.#out.delete(this.#out.keys().next().value ?? '');
    return made;
  }

  /** The plain message, or a thrown `wire.*` error; a replayed one is `wire.forged`. */
  async open(from: NodeId, sequence: number, payload: Uint8Array): Promise<{ kind: string; body: unknown }> {
    const [preface, sealed] = this.#preface(from, payload);
    const name = `${from} ${Buffer.from(channelIdOf(preface.enc)).toString('hex')}`;
    let incoming = this.#in.get(name);
    if (!incoming) {
      // Setting a channel up costs a millisecond or two: a stranger may not make us do many at once.
      if (this.#settingUp >= MAX_SETTING_UP)
        throw new AbhayaError('conflict', 'too many new channels at once');
      this.#settingUp += 1;
      const ready = acceptByPreface(this.#context, from, preface, PURPOSE).then((c) => c.sealer(use, forth));
      incoming = { ready, window: new ReplayWindow() };
      ready
        .catch(() => this.#in.delete(name))
        .finally(() => {
          this.#settingUp -= 1;
        });
      this.#in.set(name, incoming);
      if (this.#in.size > MAX_PEERS * 2) this.#in.delete(this.#in.keys().next().value ?? '');
    }
    const sealer = await incoming.ready;
    if (incoming.window.has(sequence)) throw new AbhayaError('wire.forged', 'a datagram that came before');
    const plain = parsePlain(decodeCbor(sealer.open(sequence, sealed), payload.length));
    incoming.window.add(sequence);
    return { kind: plain.kind, body: decodeCbor(plain.body, MAX_DATAGRAM_BYTES) };
  }

  /** Signature checks only for prefaces that we have not met. */
  #preface(from: NodeId, payload: Uint8Array): [SealPreface, Uint8Array] {
    const [head, sealed] = decodeCborHead(payload, payload.length);
    const preface = parsePreface(head);
    const name = `${from} ${Buffer.from(channelIdOf(preface.enc)).toString('hex')}`;
    return this.#in.has(name) ? [preface, sealed] : readPreface(this.#context, from, payload);
  }
}
