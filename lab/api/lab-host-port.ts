// What the API serves: the lab host, complete without a window. Implemented by lab/host.

import type { Readable } from 'node:stream';
import type { Emitter } from '#base';
import type { HistoryReader } from '#lab/history';
import type { AttackDesk, SandboxRuns, TryDesk } from '#lab/sandbox-lab';
import type {
  AddLink,
  AddPhones,
  CaptureSummary,
  CheckedReceipt,
  DoctorCheck,
  HostView,
  InstalledService,
  LabEvent,
  LinkView,
  LogView,
  MeshMap,
  MeshView,
  PathView,
  PhoneCommand,
  PhonePower,
  PhoneView,
  PowerPolicy,
  PowerView,
  RoutesView,
  SandboxOffer,
  SandboxPolicyView,
  ServiceDetail,
  ServiceView,
  SimulationMap,
  SimulationView,
  StartSimulation,
  SubmitTask,
  TaskView,
  UploadView,
} from '#schemas';

export interface LabHost {
  readonly events: Emitter<LabEvent>;
  /** What is remembered of this run and those before. */
  readonly history: HistoryReader;
  info(): HostView;
  phones(): PhoneView[];
  addPhones(request: AddPhones): Promise<PhoneView[]>;
  removePhone(serial: string): Promise<void>;
  /** Adds a phone by its TCP address to the user's adb server. */
  connectPhone(address: string): Promise<PhoneView>;
  disconnectPhone(address: string): Promise<void>;
  commandPhone(serial: string, command: PhoneCommand): Promise<PhoneView>;
  /** What the attached phones said last of their power settings. */
  powers(): PhonePower[];
  /** What the phone lets the mesh have of it; measured anew. */
  power(serial: string): Promise<PowerView>;
  setPower(serial: string, policy: PowerPolicy): Promise<PowerView>;
  log(serial: string, lines: number): Promise<LogView>;
  startCapture(serial: string): Promise<void>;
  stopCapture(serial: string): Promise<CaptureSummary>;
  /** The bytes of the phone's last capture. */
  openCapture(serial: string): Promise<Readable>;
  mesh(): MeshView;
  /** The mesh in a form that stays small: cheap enough to be asked for once a second. */
  meshMap(): MeshMap;
  meshRoutes(serial: string): RoutesView;
  meshPath(from: string, to: string): PathView;
  readonly simulations: SimulationsPort;
  readonly sandboxLab: SandboxLabPort;
  addLink(request: AddLink): Promise<LinkView>;
  removeLink(linkId: string): Promise<void>;
  services(): Promise<ServiceView[]>;
  /** Installs a package on the phone, or on every running phone. */
  installService(source: Readable, serial: string | undefined): Promise<InstalledService>;
  /** One service with its manifest. */
  service(manifestSha256: string): Promise<ServiceDetail>;
  /** Takes a service off the phone, or off every running phone. */
  removeService(manifestSha256: string, serial: string | undefined): Promise<void>;
  /** name: the file's own, for the names of outputs. */
  upload(source: Readable, name: string | undefined): Promise<UploadView>;
  submitTask(request: SubmitTask): Promise<TaskView>;
  tasks(): TaskView[];
  task(taskId: string): TaskView;
  cancelTask(taskId: string): Promise<TaskView>;
  /** What both sides signed; throws `not-found` where there is nothing signed. */
  receipt(taskId: string): Promise<CheckedReceipt>;
  openOutput(taskId: string, name: string): Promise<Readable>;
  doctor(): Promise<DoctorCheck[]>;
  /** Begins the shutdown; the process ends when everything is closed. */
  shutdown(): void;
}

/** The sandboxes of this machine and of the phones: what they offer, what they allow, how they do. */
export interface SandboxLabPort {
  offers(): Promise<SandboxOffer[]>;
  /** Throws `not-found` for a runtime that there is none of, `sandbox.unavailable`, `sandbox.breached`, `host.setup`. */
  policy(runtime: string): Promise<SandboxPolicyView>;
  readonly runs: Omit<SandboxRuns, 'close' | 'running'>;
  readonly attacks: Omit<AttackDesk, 'close' | 'running'>;
  readonly tries: Omit<TryDesk, 'close' | 'running'>;
}

/** Meshes of the simulator, for looking at. All of them throw `not-found` for one that has ended. */
export interface SimulationsPort {
  /** Resolves when the simulation runs. Throws `conflict` when there are as many as may be. */
  start(request: StartSimulation, options?: { readonly signal?: AbortSignal }): Promise<SimulationView>;
  list(): SimulationView[];
  map(simulationId: string): Promise<SimulationMap>;
  routes(simulationId: string, of: string): Promise<RoutesView>;
  path(simulationId: string, from: string, to: string): Promise<PathView>;
  stop(simulationId: string): Promise<void>;
}
