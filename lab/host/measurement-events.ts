// What a phone measured, as events that a live chart can draw: the rate is bounded, whatever an agent sends.

import type { Clock } from '#base';
import { createMinInterval } from '#lab/history';
import type { DeviceStateView, Measurement } from '#schemas';

const EVERY_MS = 2_000;

export interface MeasurementEvents {
  take(serial: string, state: DeviceStateView): void;
  forget(serial: string): void;
}

export function createMeasurementEvents(options: {
  emit: (measurement: Measurement) => void;
  clock: Clock;
}): MeasurementEvents {
  const turn = createMinInterval(EVERY_MS);
  return {
    take(serial, state) {
      const atMs = options.clock.now();
      if (!turn.due(serial, atMs)) return;
      const { batteryPercent, charging, thermal, celsius, cpuLoad, availableMemoryBytes, memoryBytes } =
        state;
      options.emit({
        ...{ serial, atMs, batteryPercent, charging, thermal, cpuLoad, availableMemoryBytes, memoryBytes },
        ...(celsius === undefined ? {} : { celsius }),
      });
    },
    forget: (serial) => turn.forget(serial),
  };
}
