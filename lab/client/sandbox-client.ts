// Calls about sandboxes.

import type {
  SandboxAttackView,
  SandboxComparison,
  SandboxOffer,
  SandboxPolicyView,
  SandboxRunDetail,
  SandboxRunView,
  StartSandboxAttack,
  StartSandboxRun,
} from '#schemas';

export interface SandboxClient {
  offers(): Promise<SandboxOffer[]>;
  policy(runtime: string): Promise<SandboxPolicyView>;
  runs(): Promise<SandboxRunView[]>;
  start(request: StartSandboxRun): Promise<SandboxRunView>;
  run(runId: string): Promise<SandboxRunDetail>;
  cancel(runId: string): Promise<SandboxRunView>;
  attack(): Promise<SandboxAttackView>;
  startAttack(request: StartSandboxAttack): Promise<SandboxAttackView>;
  cancelAttack(): Promise<SandboxAttackView>;
  compare(a: string, b: string): Promise<SandboxComparison>;
  /** Writes a measurement to a new file. */
  save(runId: string, format: 'csv' | 'json', file: string): Promise<void>;
}

export function sandboxClient(calls: {
  get: <T>(path: string) => Promise<T>;
  post: <T>(path: string, body?: unknown) => Promise<T>;
  save: (path: string, file: string) => Promise<void>;
}): SandboxClient {
  const { get, post, save } = calls;
  const of = (runId: string) => `/sandbox/runs/${encodeURIComponent(runId)}`;
  return {
    offers: () => get('/sandbox/offers'),
    policy: (runtime) => get(`/sandbox/policies/${encodeURIComponent(runtime)}`),
    runs: () => get('/sandbox/runs'),
    start: (request) => post('/sandbox/runs', request),
    run: (runId) => get(of(runId)),
    cancel: (runId) => post(`${of(runId)}/cancel`),
    attack: () => get('/sandbox/attack'),
    startAttack: (request) => post('/sandbox/attack', request),
    cancelAttack: () => post('/sandbox/attack/cancel'),
    compare: (a, b) => get(`/sandbox/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`),
    save: (runId, format, file) => save(`${of(runId)}/export?format=${format}`, file),
  };
}
