// The tables of history.db. A migration, once released, is never changed: the next one is added at the end.

/** `user_version` n means that the first n were done. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    runId INTEGER PRIMARY KEY, startedAt INTEGER NOT NULL, endedAt INTEGER, version TEXT NOT NULL,
    droppedTasks INTEGER NOT NULL DEFAULT 0, droppedEvents INTEGER NOT NULL DEFAULT 0,
    droppedSamples INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE tasks (
    id INTEGER PRIMARY KEY, atMs INTEGER NOT NULL, runId INTEGER NOT NULL, taskId TEXT NOT NULL UNIQUE,
    packageId TEXT NOT NULL, version TEXT, author TEXT, state TEXT NOT NULL, requester TEXT NOT NULL, device TEXT,
    deviceNode TEXT, attempts INTEGER NOT NULL, hops INTEGER NOT NULL, startedAt REAL NOT NULL, durationMs REAL,
    wallMs REAL, cpuMs REAL, peakMemoryBytes INTEGER, bytesIn INTEGER, bytesOut INTEGER, problemCode TEXT,
    problemMessage TEXT, view TEXT NOT NULL
  );
  CREATE INDEX tasksOfPackage ON tasks (packageId, id);
  CREATE INDEX tasksOfState ON tasks (state, id);
  CREATE TABLE offers (
    taskRow INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE, position INTEGER NOT NULL, nodeId TEXT NOT NULL,
    score REAL NOT NULL, resources REAL NOT NULL, network REAL NOT NULL, load REAL NOT NULL,
    specialisation REAL NOT NULL, reliability REAL NOT NULL, atMs REAL NOT NULL, chosen INTEGER NOT NULL,
    PRIMARY KEY (taskRow, position)
  ) WITHOUT ROWID;
  CREATE TABLE timeline (
    taskRow INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE, position INTEGER NOT NULL, state TEXT NOT NULL,
    atMs REAL NOT NULL, note TEXT,
    PRIMARY KEY (taskRow, position)
  ) WITHOUT ROWID;
  CREATE TABLE events (
    id INTEGER PRIMARY KEY, atMs INTEGER NOT NULL, runId INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
    state TEXT NOT NULL, detail TEXT
  );
  CREATE TABLE measurements (
    id INTEGER PRIMARY KEY, atMs INTEGER NOT NULL, serial TEXT NOT NULL, batteryPercent INTEGER NOT NULL,
    charging INTEGER NOT NULL, thermal INTEGER NOT NULL, celsius REAL, cpuLoad REAL NOT NULL,
    availableMemoryBytes INTEGER NOT NULL, memoryBytes INTEGER NOT NULL
  );
  CREATE INDEX measurementsOfPhone ON measurements (serial, atMs);
  CREATE TABLE links (
    id INTEGER PRIMARY KEY, atMs INTEGER NOT NULL, linkId TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL,
    bytesAtoB INTEGER NOT NULL, bytesBtoA INTEGER NOT NULL
  );
  CREATE TABLE taskSamples (
    id INTEGER PRIMARY KEY, atMs INTEGER NOT NULL, taskId TEXT NOT NULL, cpuMs REAL NOT NULL,
    memoryBytes INTEGER NOT NULL, bytesIn INTEGER NOT NULL, bytesOut INTEGER NOT NULL
  );
  CREATE INDEX samplesOfTask ON taskSamples (taskId, id);
  `,
  `
  CREATE TABLE sandboxRuns (
    id INTEGER PRIMARY KEY, atMs INTEGER NOT NULL, sandboxRun TEXT NOT NULL UNIQUE, view TEXT NOT NULL,
    places TEXT NOT NULL
  );
  `,
  `
  CREATE TABLE sandboxAttacks (
    id INTEGER PRIMARY KEY, atMs INTEGER NOT NULL, attackRun TEXT NOT NULL UNIQUE, summary TEXT NOT NULL,
    run TEXT NOT NULL
  );
  `,
];

export const tableNames = [
  'runs',
  'tasks',
  'offers',
  'timeline',
  'events',
  'measurements',
  'links',
  'taskSamples',
  'sandboxRuns',
  'sandboxAttacks',
] as const;
