// Drives the pure core with real links and real time: frames and ticks go in, and what it wants done is done here.
// Owns the timer; links are closed by whoever owns the set.

import type { Logger } from '#base';
import type { Effect } from './core/effects.ts';
import type { MeshCore } from './core/mesh-core.ts';
import type { LinkSet } from './link/link-set.ts';
import type { WsLink } from './link/ws-link.ts';
import type { DropCounter } from './mesh-stats.ts';
import type { NodeId } from './port.ts';

export interface CoreDriverOptions {
  readonly core: MeshCore;
  readonly links: LinkSet;
  readonly drops: DropCounter;
  readonly now: () => number;
  /** Whether the node has begun to close: nothing new is done then. */
  readonly closed: () => boolean;
  readonly onFrame: (frame: Uint8Array, from: NodeId) => void;
  readonly onBroadcast: (effect: Extract<Effect, { do: 'deliver-broadcast' }>) => void;
  readonly onUnicast: (effect: Extract<Effect, { do: 'deliver-unicast' }>) => void;
  readonly onTopology: () => void;
  /** What else has work to do from time to time: the streams. */
  readonly streams: () => { work(): void; nextAt(): number };
  readonly logger: Logger;
}

export interface CoreDriver {
  run(effects: readonly Effect[]): void;
  /** After this turn of the event loop: streams send, and the timer is set to what comes next. */
  wake(): void;
  /** A fresh link; false when another one to the peer is better, and the fresh one was closed. */
  take(link: WsLink): boolean;
  stop(): void;
}

export function createCoreDriver(options: CoreDriverOptions): CoreDriver {
  const { core, links, drops, now, closed, logger } = options;
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;

  function run(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.do === 'send') links.get(effect.link)?.send(effect.frame, effect.priority);
      else if (effect.do === 'deliver-broadcast') options.onBroadcast(effect);
      else if (effect.do === 'deliver-unicast') options.onUnicast(effect);
      else if (effect.do === 'topology') options.onTopology();
      else if (effect.do === 'close') links.get(effect.link)?.close(effect.reason);
      else {
        drops.count(effect.reason);
        logger.debug('a frame was dropped', {
          reason: effect.reason,
          what: effect.what,
          from: effect.from ?? '',
        });
      }
    }
  }

  function wake(): void {
    if (immediate || closed()) return;
    immediate = setImmediate(() => {
      immediate = undefined;
      if (closed()) return;
      const streams = options.streams();
      streams.work();
      const at = Math.min(core.nextAt(), streams.nextAt());
      clearTimeout(timer);
      timer = setTimeout(tick, Math.max(1, Math.min(1_000, at - now())));
    });
  }

  function tick(): void {
    run(core.onTick(now()));
    wake();
  }

  function take(link: WsLink): boolean {
    const added = closed() ? undefined : links.add(link);
    if (!added) {
      link.close(closed() ? 'closed' : 'duplicate');
      return false;
    }
    const { id, replaces } = added;
    run(core.onLinkUp(id, link.facts.peer, now()));
    if (replaces !== undefined) links.get(replaces)?.close('duplicate');
    link.start(
      (frame) => {
        options.onFrame(frame, link.facts.peer);
        run(core.onMessage(id, frame, now()));
        wake();
      },
      () => wake(),
    );
    logger.info('a link is up', { peer: link.facts.peer, link: id });
    void link.ended.then((end) => {
      links.remove(id);
      logger.info('a link is down', { peer: link.facts.peer, link: id, ...end });
      if (closed()) return;
      if (end.by === 'us' && end.reason !== 'closed') drops.count(`link-${end.reason}`);
      run(core.onLinkDown(id, now()));
      wake();
    });
    wake();
    return true;
  }

  return {
    run,
    wake,
    take,
    stop() {
      clearTimeout(timer);
      if (immediate) clearImmediate(immediate);
    },
  };
}
