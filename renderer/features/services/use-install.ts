// Installing packages that were dropped or chosen, one after the other, with what went wrong for each.

import { useState } from 'react';
import { AbhayaError, type ErrorShape, isErrorCode, toErrorShape } from '#base';
import { call, handleOf } from '../../api/bridge.ts';
import { count } from '../../parts/format.ts';
import { showDone, showError } from '../../shell/messages-store.ts';

export interface InstallFailure {
  readonly id: number;
  readonly name: string;
  readonly error: ErrorShape;
}

export interface Install {
  /** The file that is being installed. */
  readonly busy: string | undefined;
  readonly failures: readonly InstallFailure[];
  install(files: readonly File[]): Promise<void>;
  dismiss(id: number): void;
}

export function useInstall(): Install {
  const [busy, setBusy] = useState<string>();
  const [failures, setFailures] = useState<readonly InstallFailure[]>([]);
  return {
    busy,
    failures,
    async install(files) {
      for (const file of files) {
        setBusy(file.name);
        try {
          const { handle } = await handleOf(file);
          const service = await call('files.install', { handle });
          showDone(
            `${service.serviceName} ${service.version} installed on ${count(service.phones.length, 'phone')}`,
          );
          for (const { serial, code, message } of service.problems ?? [])
            showError(
              new AbhayaError(
                isErrorCode(code) ? code : 'device.lost',
                `${serial} did not take it: ${message}`,
              ),
            );
        } catch (error) {
          const failure = { id: Date.now() + Math.random(), name: file.name, error: toErrorShape(error) };
          setFailures((before) => [...before, failure].slice(-5));
        }
      }
      setBusy(undefined);
    },
    dismiss: (id) => setFailures((before) => before.filter((failure) => failure.id !== id)),
  };
}
