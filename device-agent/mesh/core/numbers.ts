// Every number of the mesh protocol in one table. Times in milliseconds. Those that spec 02 gives say so.

export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

export interface MeshNumbers {
  readonly heartbeatMs: number;
  /** Spec: silent death is noticed after 2 s. */
  readonly silentMs: number;
  /** A tick later than this means that we did not run: that time doesn't count as the peers' silence. */
  readonly lateTickMs: number;
  /** Spec: originator messages every 5 to 10 s. */
  readonly originatorMinMs: number;
  readonly originatorMaxMs: number;
  /** Between two originator messages of ours, whatever changes. */
  readonly originatorGapMs: number;
  /** What comes in within this time leaves in one frame. */
  readonly coalesceMs: number;
  /**
   * A message that only says that its origin lives and its links waver leaves with the next heartbeats, but waits no
   * longer than this over its hops so far: on its whole way far less than until a node is forgotten.
   */
  readonly refreshBudgetMs: number;
  /** Qualities and round trips that waver are told to the application so often at most. */
  readonly waverTellMs: number;
  /** Nodes not heard of for so long are forgotten. */
  readonly expiryMs: number;
  readonly maxHops: number;
  readonly broadcastTtl: number;
  /** Up to so many known nodes everyone knows everyone (spec: on-demand routes beyond about 100). */
  readonly fullMapNodes: number;
  /** Beyond, originator messages travel so far, unless a route is sought. */
  readonly scopeHops: number;
  readonly maxNodes: number;
  readonly maxLinks: number;
  /** Added to the cost of each hop, so that equal qualities prefer fewer hops. */
  readonly hopPenalty: number;
  readonly broadcastRate: RateLimit;
  readonly broadcastRateOf: Readonly<Record<string, RateLimit>>;
  readonly originatorRate: RateLimit;
  /** Signatures that one neighbour may make us check. */
  readonly verifyRate: RateLimit;
  /** Malformed or forged frames that one neighbour may send before its link is closed. */
  readonly badFrameRate: RateLimit;
  /** Broadcasts remembered per origin. */
  readonly seenPerOrigin: number;
  /** Broadcasts older than this, by their origin's own counter, are refused. */
  readonly broadcastAgeMs: number;
  /** An origin is called a flooder while this many of its messages were dropped in the last window. */
  readonly floodDrops: number;
  readonly floodWindowMs: number;
}

export const meshNumbers: MeshNumbers = {
  heartbeatMs: 600,
  silentMs: 2_000,
  lateTickMs: 100,
  originatorMinMs: 5_000,
  originatorMaxMs: 10_000,
  originatorGapMs: 200,
  coalesceMs: 10,
  refreshBudgetMs: 12_000,
  waverTellMs: 1_000,
  expiryMs: 30_000,
  maxHops: 128,
  broadcastTtl: 64,
  fullMapNodes: 128,
  scopeHops: 3,
  maxNodes: 4_096,
  maxLinks: 256,
  hopPenalty: 0.05,
  broadcastRate: { perSecond: 20, burst: 100 },
  broadcastRateOf: {},
  originatorRate: { perSecond: 10, burst: 40 },
  verifyRate: { perSecond: 3_000, burst: 6_000 },
  badFrameRate: { perSecond: 1, burst: 20 },
  seenPerOrigin: 1_024,
  broadcastAgeMs: 120_000,
  floodDrops: 20,
  floodWindowMs: 10_000,
};
