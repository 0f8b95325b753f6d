// What the lab host wants of each agent for its direct links, and what it can say of a link from what the two told:
// pure decisions over what is known of the phones.

import type { DirectLinkReport, DirectLinksOrder, DirectLinksReport, LinkView, MeshAddress } from '#schemas';
import type { Tally } from './tally.ts';

export interface DirectPair {
  readonly linkId: string;
  readonly a: string;
  readonly b: string;
  /** What each end has sent and received over this link, by serial. */
  readonly traffic: ReadonlyMap<string, { readonly sent: Tally; readonly received: Tally }>;
}

/** What is known of a phone. It stays known when the cable is pulled, as the agent goes on. */
export interface EndFacts {
  readonly nodeId: string;
  /** Where the phone must listen; absent: it finds its own address. */
  readonly host: string | undefined;
  /** Whether its agent can be asked and will tell. */
  readonly attached: boolean;
  /** Where it listened when it last told. */
  readonly listening: MeshAddress | undefined;
  readonly report: DirectLinksReport | undefined;
}

export type Facts = ReadonlyMap<string, EndFacts>;

/** Who dials and who listens; undefined until both phones have been attached once. */
export function rolesOf(
  { a, b }: Pick<DirectPair, 'a' | 'b'>,
  facts: Facts,
): { readonly dialler: string; readonly listener: string } | undefined {
  const [first, second] = [facts.get(a), facts.get(b)];
  if (!first || !second) return undefined;
  // A virtual phone listens on this machine's loopback, which no other phone reaches: it is the one that dials.
  const swapped = first.host === undefined && second.host !== undefined;
  return swapped ? { dialler: b, listener: a } : { dialler: a, listener: b };
}

/** Everything that the phone's agent is to have. */
export function orderFor(serial: string, pairs: Iterable<DirectPair>, facts: Facts): DirectLinksOrder {
  const dial: DirectLinksOrder['dial'] = [];
  const peers: string[] = [];
  for (const pair of pairs) {
    const roles = pair.a === serial || pair.b === serial ? rolesOf(pair, facts) : undefined;
    if (!roles) continue;
    const dialler = facts.get(roles.dialler);
    const listener = facts.get(roles.listener);
    if (roles.listener === serial && dialler) peers.push(dialler.nodeId);
    if (roles.dialler === serial && listener?.listening)
      dial.push({ peer: listener.nodeId, ...listener.listening });
  }
  const self = facts.get(serial);
  const listen = {
    ...(self?.host === undefined ? {} : { host: self.host }),
    ...(self?.listening ? { port: self.listening.port } : {}),
    peers,
  };
  return { ...(peers.length > 0 ? { listen } : {}), dial };
}

export const reportOn = (
  facts: EndFacts | undefined,
  peer: string | undefined,
): DirectLinkReport | undefined => facts?.report?.links.find((link) => link.peer === peer);

export function directView(pair: DirectPair, facts: Facts): LinkView {
  const { linkId, a, b } = pair;
  const [first, second] = [facts.get(a), facts.get(b)];
  const told = [
    { end: first, report: reportOn(first, second?.nodeId) },
    { end: second, report: reportOn(second, first?.nodeId) },
  ];
  const attached = told.filter(({ end }) => end?.attached);
  const wasTold = told.some(({ report }) => report !== undefined);
  const isUp = attached.length > 0 && attached.every(({ report }) => report?.up === true);
  const state = isUp ? 'up' : attached.length === 0 && wasTold ? 'unknown' : 'down';
  const roles = rolesOf(pair, facts);
  const listener = roles && facts.get(roles.listener);
  const problem = state === 'up' ? undefined : problemOf(pair, facts, state);
  const carried = (from: string, to: string) =>
    Math.max(pair.traffic.get(from)?.sent.total ?? 0, pair.traffic.get(to)?.received.total ?? 0);
  return {
    linkId,
    a,
    b,
    kind: 'direct',
    state,
    ...(listener?.listening ? { address: addressText(listener.listening) } : {}),
    bytesAtoB: carried(a, b),
    bytesBtoA: carried(b, a),
    ...(problem ? { problem } : {}),
  };
}

function problemOf(pair: DirectPair, facts: Facts, state: 'down' | 'unknown'): LinkView['problem'] {
  const { a, b } = pair;
  if (state === 'unknown')
    return {
      code: 'device.offline',
      message: `neither ${a} nor ${b} is attached: nobody tells how the link is`,
    };
  const roles = rolesOf(pair, facts);
  if (roles) {
    const [dialler, listener] = [facts.get(roles.dialler), facts.get(roles.listener)];
    if (listener?.attached && listener.report?.problem) return listener.report.problem;
    const failed = dialler?.attached ? reportOn(dialler, listener?.nodeId)?.problem : undefined;
    if (failed) return failed;
  }
  const missing = [a, b].filter((serial) => !facts.get(serial)?.attached);
  if (missing.length === 0) return undefined; // on its way
  return { code: 'device.offline', message: `waiting for the agent of ${missing.join(' and ')}` };
}

const addressText = ({ host, port }: MeshAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
