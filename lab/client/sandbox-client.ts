// Calls about sandboxes.

import type {
  SandboxAttackComparison,
  SandboxAttackRun,
  SandboxAttackSummary,
  SandboxAttackView,
  SandboxComparison,
  SandboxOffer,
  SandboxPolicyView,
  SandboxRunDetail,
  SandboxRunView,
  SandboxTryView,
  StartSandboxAttack,
  StartSandboxRun,
  StartSandboxTry,
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
  attacks(): Promise<SandboxAttackSummary[]>;
  attackRun(runId: string): Promise<SandboxAttackRun>;
  compareAttacks(a: string, b: string): Promise<SandboxAttackComparison>;
  try(): Promise<SandboxTryView>;
  startTry(request: StartSandboxTry): Promise<SandboxTryView>;
  cancelTry(): Promise<SandboxTryView>;
  /** Writes what a program wrote to a new file. */
  saveTryOutput(file: string): Promise<void>;
  /** Forgets a measurement. */
  remove(runId: string): Promise<void>;
  removeAttack(runId: string): Promise<void>;
  compare(a: string, b: string): Promise<SandboxComparison>;
  /** Writes a measurement to a new file. */
  save(runId: string, format: 'csv' | 'json', file: string): Promise<void>;
  saveAttack(runId: string, format: 'csv' | 'json' | 'junit', file: string): Promise<void>;
}

export function sandboxClient(calls: {
  get: <T>(path: string) => Promise<T>;
  post: <T>(path: string, body?: unknown) => Promise<T>;
  remove: (path: string) => Promise<void>;
  save: (path: string, file: string) => Promise<void>;
}): SandboxClient {
  const { get, post, remove, save } = calls;
  const enc = encodeURIComponent;
  const of = (runId: string) => `/sandbox/runs/${enc(runId)}`;
  const attackOf = (runId: string) => `/sandbox/attacks/${enc(runId)}`;
  return {
    offers: () => get('/sandbox/offers'),
    policy: (runtime) => get(`/sandbox/policies/${enc(runtime)}`),
    runs: () => get('/sandbox/runs'),
    start: (request) => post('/sandbox/runs', request),
    run: (runId) => get(of(runId)),
    cancel: (runId) => post(`${of(runId)}/cancel`),
    attack: () => get('/sandbox/attack'),
    startAttack: (request) => post('/sandbox/attack', request),
    cancelAttack: () => post('/sandbox/attack/cancel'),
    attacks: () => get('/sandbox/attacks'),
    try: () => get('/sandbox/try'),
    startTry: (request) => post('/sandbox/try', request),
    cancelTry: () => post('/sandbox/try/cancel'),
    saveTryOutput: (file) => save('/sandbox/try/output', file),
    attackRun: (runId) => get(attackOf(runId)),
    compare: (a, b) => get(`/sandbox/compare?a=${enc(a)}&b=${enc(b)}`),
    compareAttacks: (a, b) => get(`/sandbox/compare-attacks?a=${enc(a)}&b=${enc(b)}`),
    remove: (runId) => remove(of(runId)),
    removeAttack: (runId) => remove(attackOf(runId)),
    save: (runId, format, file) => save(`${of(runId)}/export?format=${format}`, file),
    saveAttack: (runId, format, file) => save(`${attackOf(runId)}/export?format=${format}`, file),
  };
}
