// The schemas of what the API answers to the window. Read when the page is built (vite.config.ts makes validators of
// them), never while it runs: the page takes their types only.

import { Type } from 'typebox';
import {
  CheckedReceipt,
  DoctorCheck,
  HistoryService,
  HistoryTaskDetail,
  HistoryTaskPage,
  HostView,
  LinkView,
  LogView,
  MeshMap,
  MeshView,
  PathView,
  PhoneView,
  RoutesView,
  ServiceDetail,
  ServiceView,
  SimulationMap,
  SimulationView,
  TaskView,
} from '#schemas';

export const answers = {
  host: HostView,
  doctor: Type.Array(DoctorCheck),
  phone: PhoneView,
  phones: Type.Array(PhoneView),
  log: LogView,
  mesh: MeshView,
  meshMap: MeshMap,
  routes: RoutesView,
  path: PathView,
  simulation: SimulationView,
  simulations: Type.Array(SimulationView),
  simulationMap: SimulationMap,
  link: LinkView,
  services: Type.Array(ServiceView),
  service: ServiceDetail,
  task: TaskView,
  tasks: Type.Array(TaskView),
  receipt: CheckedReceipt,
  historyServices: Type.Array(HistoryService),
  historyTasks: HistoryTaskPage,
  historyTask: HistoryTaskDetail,
};
