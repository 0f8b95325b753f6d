// A limit with two thresholds: shut at one, open again at the other, and held shut for a while after flapping.

export interface Gate {
  readonly shut: boolean;
  /** When it was shut lately. */
  readonly shutAt: readonly number[];
  /** It stays shut until then, whatever is measured. */
  readonly heldUntil: number;
}

export interface Signal {
  /** The first threshold is passed. */
  readonly shut: boolean;
  /** The second one is. */
  readonly open: boolean;
}

export const openGate: Gate = { shut: false, shutAt: [], heldUntil: 0 };

/** Shut for the third time within five minutes is flapping: then it is shut for five (spec 02). */
const FLAPS = 3;
const FLAP_WINDOW_MS = 5 * 60_000;
const HOLD_MS = 5 * 60_000;

export function gateAfter(gate: Gate, signal: Signal, nowMs: number): Gate {
  if (gate.shut) {
    if (!signal.open || isHeld(gate, nowMs)) return gate;
    return { ...gate, shut: false, heldUntil: 0 };
  }
  if (!signal.shut) return gate;
  const shutAt = [...gate.shutAt.filter((at) => nowMs - at < FLAP_WINDOW_MS), nowMs].slice(-FLAPS);
  return { shut: true, shutAt, heldUntil: shutAt.length >= FLAPS ? nowMs + HOLD_MS : 0 };
}

export const isHeld = (gate: Gate, nowMs: number): boolean => nowMs < gate.heldUntil;
