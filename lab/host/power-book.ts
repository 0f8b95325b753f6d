// What each attached phone said last of its power settings: asked once when it is attached, told after every change.

import type { AgentClient } from '#lab/fleet';
import type { PhonePower, PowerView } from '#schemas';

export interface PowerBook {
  /** Begins to listen; the first answer comes later, as an event too. */
  attached(serial: string, client: Pick<AgentClient, 'on' | 'call'>): void;
  forget(serial: string): void;
  list(): PhonePower[];
}

export function createPowerBook({ emit }: { readonly emit: (power: PhonePower) => void }): PowerBook {
  const powers = new Map<string, PowerView>();
  const attached = new Map<string, unknown>();
  return {
    attached(serial, client) {
      attached.set(serial, client);
      const note = (power: PowerView): void => {
        if (attached.get(serial) !== client) return;
        powers.set(serial, power);
        emit({ serial, power });
      };
      client.on('power.changed', note);
      // A phone that is lost meanwhile says nothing more; it is asked again when it is back.
      client.call('power.get', {}).then(note, () => undefined);
    },
    forget(serial) {
      attached.delete(serial);
      powers.delete(serial);
    },
    list: () => [...powers].map(([serial, power]) => ({ serial, power })),
  };
}
