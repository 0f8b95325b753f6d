// How fit a device is for one task (spec 04, step 3): five parts of 0..1 with fixed weights. Pure. What a device
// says of itself is a claim; what the route and earlier tasks say is our own knowledge. All numbers stand here.

import type { AcceptingOffer, ServiceNeeds, ThermalClass } from '#schemas';

export const offerWeights = {
  resources: 0.3,
  network: 0.25,
  load: 0.2,
  specialisation: 0.15,
  reliability: 0.1,
} as const;

export type ScorePart = keyof typeof offerWeights;
export interface OfferScore {
  /** 0..1. */
  readonly score: number;
  /** Each 0..1, before its weight. */
  readonly parts: Readonly<Record<ScorePart, number>>;
}

/** What the requester knows of the route to the device. */
export interface RouteFacts {
  readonly hops: number;
  readonly rttMs: number | undefined;
  /** 0..1. */
  readonly quality: number;
}

/** What the requester saw of the device in earlier tasks. */
export interface PastFacts {
  readonly succeeded: number;
  readonly failed: number;
}

export function scoreOffer(
  offer: Pick<
    AcceptingOffer,
    | 'freeMemoryMB'
    | 'cpuLoad'
    | 'runningTasks'
    | 'maxTasks'
    | 'battery'
    | 'charging'
    | 'thermal'
    | 'hasService'
  >,
  needs: Pick<ServiceNeeds, 'maxMemoryMB'>,
  route: RouteFacts,
  past: PastFacts,
): OfferScore {
  const parts = {
    resources: resources(offer, needs),
    network: network(route),
    load: load(offer),
    specialisation: specialisation(offer),
    reliability: reliability(past),
  };
  let score = 0;
  for (const part of Object.keys(offerWeights) as ScorePart[]) score += offerWeights[part] * parts[part];
  return { score, parts };
}

/** Cool 1, warm 0.8, hot 0.5, throttling 0.2, critical 0.1: the classes of node fitness (spec 02). */
const thermalWorth: Readonly<Record<ThermalClass, number>> = {
  cool: 1,
  warm: 0.8,
  hot: 0.5,
  throttling: 0.2,
  critical: 0.1,
};

/** Charging 1, above 70 % 0.9, above 30 % 0.6, else 0.3 (spec 02, node fitness). */
const batteryWorth = (battery: number, charging: boolean): number =>
  charging ? 1 : battery > 0.7 ? 0.9 : battery > 0.3 ? 0.6 : 0.3;

/** Half: free memory, full at four times what the service may take. A quarter each: battery and temperature. */
function resources(
  offer: Pick<AcceptingOffer, 'freeMemoryMB' | 'battery' | 'charging' | 'thermal'>,
  needs: Pick<ServiceNeeds, 'maxMemoryMB'>,
): number {
  const memory = clamp(offer.freeMemoryMB / (4 * Math.max(1, needs.maxMemoryMB)));
  return (
    0.5 * memory + 0.25 * batteryWorth(offer.battery, offer.charging) + 0.25 * thermalWorth[offer.thermal]
  );
}

/** Half: round trip (1 at 0 ms, one half at 100 ms). 0.3: one over the hops beyond the first. 0.2: link quality. */
function network({ hops, rttMs, quality }: RouteFacts): number {
  if (hops === 0) return 1;
  // A route that has no measured round trip yet counts as 40 ms a hop.
  const latency = 100 / (100 + Math.max(0, rttMs ?? hops * 40));
  return 0.5 * latency + 0.3 / Math.max(1, hops) ** 0.5 + 0.2 * clamp(quality);
}

/** Half: idle CPU. Half: free places for tasks. */
function load(offer: Pick<AcceptingOffer, 'cpuLoad' | 'runningTasks' | 'maxTasks'>): number {
  return 0.5 * clamp(1 - offer.cpuLoad) + 0.5 * clamp(1 - offer.runningTasks / offer.maxTasks);
}

/** The service is there: 1; it would have to be fetched: 0.25. Models and roles come with ML services. */
const specialisation = (offer: Pick<AcceptingOffer, 'hasService'>): number => (offer.hasService ? 1 : 0.25);

/** Mean of a Beta(2, 1) prior and what was seen: a stranger has 2/3. */
const reliability = ({ succeeded, failed }: PastFacts): number => (succeeded + 2) / (succeeded + failed + 3);

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
