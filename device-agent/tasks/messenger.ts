// Typed messages over the mesh: bodies are checked on the way in and out, and what goes to ourselves does not
// travel. Malformed messages are dropped, counted and logged; they change nothing.

import type { Mesh, MeshNodeView, NodeId, ReceivedMessage, WireValue } from '#agent/mesh';
import { isAbhayaError, type Logger, type Unsubscribe } from '#base';
import {
  assertSize,
  createMessageDoor,
  type MessageBody,
  type MessageKindName,
  type TaskMessage,
} from '#schemas';

export interface TaskMail {
  readonly from: NodeId;
  readonly hops: number;
  readonly broadcast: boolean;
  readonly message: TaskMessage;
}

export interface Messenger {
  readonly self: NodeId;
  /** Sends once; what is lost is lost. Throws nothing: without a route the message is lost too. */
  send<K extends MessageKindName>(to: NodeId, kind: K, body: MessageBody<K>): void;
  broadcast<K extends MessageKindName>(kind: K, body: MessageBody<K>): void;
  onMail(listener: (mail: TaskMail) => void): Unsubscribe;
  /** Undefined for a node that isn't known; ourselves are at 0 hops. */
  route(nodeId: NodeId): Pick<MeshNodeView, 'hops' | 'rttMs' | 'quality'> | undefined;
  /** Messages that were dropped because they were malformed. */
  readonly dropped: number;
  close(): void;
}

export function createMessenger(mesh: Mesh, logger: Logger): Messenger {
  const door = createMessageDoor();
  const listeners = new Set<(mail: TaskMail) => void>();
  let dropped = 0;
  let closed = false;

  const receive = (raw: ReceivedMessage): void => {
    if (closed) return;
    let message: TaskMessage | undefined;
    try {
      message = door.read(raw.kind, raw.body);
    } catch (error) {
      dropped += 1;
      logger.warn('a malformed message was dropped', {
        kind: raw.kind,
        from: raw.from,
        error: String(error),
      });
      return;
    }
    if (!message) return;
    for (const listener of listeners)
      listener({ from: raw.from, hops: raw.hops, broadcast: raw.broadcast, message });
  };
  const unsubscribe = mesh.onMessage(receive);

  return {
    self: mesh.nodeId,
    send(to, kind, body) {
      assertSize(kind, body);
      if (to === mesh.nodeId) {
        queueMicrotask(() => receive({ kind, from: to, body, hops: 0, broadcast: false }));
        return;
      }
      mesh.send(to, kind, body as WireValue).catch((error: unknown) => {
        if (!isAbhayaError(error)) throw error;
        logger.debug('a message was not sent', { kind, to, error: error.message });
      });
    },
    broadcast(kind, body) {
      assertSize(kind, body);
      mesh.broadcast(kind, body as WireValue);
    },
    onMail(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    route(nodeId) {
      if (nodeId === mesh.nodeId) return { hops: 0, rttMs: 0, quality: 1 };
      return mesh.topology().nodes.find((node) => node.nodeId === nodeId && node.nextHop !== undefined);
    },
    get dropped() {
      return dropped;
    },
    close() {
      closed = true;
      unsubscribe();
      listeners.clear();
    },
  };
}
