// The lab host of the home, as far as it is ours: started when there is none, restarted a few times when it dies,
// stopped only if this app started it.

import { AbhayaError } from '#base';
import { createLabClient } from '#lab/client';
import { type Home, type RunningHost, readRunningHost, startHost, waitForExit } from '#lab/home';

export interface OwnLabHost {
  /** The one that runs, or a new one. Throws `closed` after a person's stop, `host.*` where it can't be started. */
  find(options: { onStart: () => void; signal: AbortSignal }): Promise<RunningHost>;
  isOurs(host: RunningHost): Promise<boolean>;
  /** True until the next `find` by a person: a lab host that we started in this life of the app has no phones yet. */
  startedNow(): boolean;
  /** Ends it if it runs and is ours. False: there was nothing to end. */
  stop(): Promise<boolean>;
  /** A person asks: earlier stops and failures don't count any more. */
  forgive(): void;
}

export interface OwnLabHostOptions {
  readonly home: Home;
  /** Command line of the lab host; throws `host.setup` where it can't be started. */
  readonly command: () => readonly string[];
  /** Remembers over a crash of the app which lab host is ours. */
  readonly ownership: { read(): Promise<string | undefined>; write(mark: string | undefined): Promise<void> };
}

const STOP_TIMEOUT_MS = 20_000;
/** A lab host of ours that dies is started again, so often within the window; then a person decides. */
const RESTARTS = { most: 3, withinMs: 60_000 };

export function createOwnLabHost({ home, command, ownership }: OwnLabHostOptions): OwnLabHost {
  /** Set by a person's stop: nothing is started until they ask. */
  let held = false;
  let starts: number[] = [];
  let started = false;

  return {
    async find({ onStart, signal }) {
      const running = await readRunningHost(home);
      if (running) return running;
      if (held) throw new AbhayaError('closed', 'The lab host was stopped. Start it when you need it.');
      const now = performance.now();
      starts = starts.filter((at) => now - at < RESTARTS.withinMs);
      if (starts.length >= RESTARTS.most)
        throw new AbhayaError(
          'host.unreachable',
          `The lab host ended ${RESTARTS.most} times within a minute; its log says why: ${home.logFile}`,
        );
      starts.push(now);
      onStart();
      const host = await startHost(home, { command: command(), detached: true, signal });
      await ownership.write(markOf(host));
      started = true;
      return host;
    },
    isOurs: async (host) => (await ownership.read()) === markOf(host),
    startedNow: () => started,
    async stop() {
      const running = await readRunningHost(home);
      if (!running || (await ownership.read()) !== markOf(running)) return false;
      held = true;
      const { apiUrl, pid } = running.host;
      await createLabClient({ apiUrl, token: running.token }).shutdown();
      if (!(await waitForExit(pid, STOP_TIMEOUT_MS))) process.kill(pid, 'SIGKILL');
      await ownership.write(undefined);
      return true;
    },
    forgive() {
      held = false;
      starts = [];
    },
  };
}

/** A process id alone may be another's by now. */
const markOf = ({ host }: RunningHost): string => `${host.pid} ${host.startedAt}`;
