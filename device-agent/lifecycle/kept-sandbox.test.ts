import { expect, test } from 'vitest';
import type { ExitReport, Sandbox, SandboxJob } from '#agent/sandbox';
import { silentLogger } from '#base';
import { keepSandbox } from './kept-sandbox.ts';

const job = {} as SandboxJob;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Sandboxes that are opened one after the other; their services end when they are told to. */
function supply() {
  const opened: {
    died: (why: string) => void;
    endRun: () => void;
    closed: boolean;
  }[] = [];
  const open = async (): Promise<Sandbox> => {
    const died = Promise.withResolvers<string>();
    const run = Promise.withResolvers<ExitReport>();
    const one = {
      died: died.resolve,
      endRun: () => run.resolve({ reason: 'completed' } as ExitReport),
      closed: false,
    };
    const number = opened.push(one);
    return {
      capabilities: { runtimes: number === 1 ? ['native'] : ['native', 'jvm'], layers: [] },
      died: died.promise,
      run: () => run.promise,
      close: async () => {
        one.closed = true;
        run.resolve({ reason: 'sandbox-error' } as ExitReport);
        died.resolve('closed');
      },
    };
  };
  return { opened, open };
}

test('a new one takes over at once, the old one ends with its last service', async () => {
  const { opened, open } = supply();
  const kept = await keepSandbox({ open, logger: silentLogger });
  const running = kept.run(job);
  await kept.renew();
  expect(kept.capabilities.runtimes).toEqual(['native', 'jvm']);
  await settled();
  expect(opened.map(({ closed }) => closed)).toEqual([false, false]);
  opened[0]?.endRun();
  expect((await running).reason).toBe('completed');
  await settled();
  expect(opened.map(({ closed }) => closed)).toEqual([true, false]);
  await kept.renew();
  await settled();
  expect(opened.map(({ closed }) => closed)).toEqual([true, true, false]);
  await kept.close();
  expect(opened.every(({ closed }) => closed)).toBe(true);
});

test('closing ends what still runs in an old one', async () => {
  const { opened, open } = supply();
  const kept = await keepSandbox({ open, logger: silentLogger });
  const running = kept.run(job);
  await kept.renew();
  await kept.close();
  expect((await running).reason).toBe('sandbox-error');
  expect(opened.map(({ closed }) => closed)).toEqual([true, true]);
});

test('a new one that can not be opened leaves the old one; one that dies later is replaced', async () => {
  const { opened, open } = supply();
  let broken = false;
  const kept = await keepSandbox({
    open: () => (broken ? Promise.reject(new Error('no room')) : open()),
    logger: silentLogger,
  });
  broken = true;
  await expect(kept.renew()).rejects.toThrow('no room');
  expect(kept.capabilities.runtimes).toEqual(['native']);
  broken = false;
  await kept.renew();
  opened[1]?.died('killed');
  await expect.poll(() => opened.length).toBe(3);
  await expect.poll(() => kept.capabilities.runtimes).toEqual(['native', 'jvm']);
  await kept.close();
  expect(opened.every(({ closed }) => closed)).toBe(true);
});

/** One whose first start is waited for a moment only, and ends when `start` is resolved. */
async function slowStart() {
  const { opened, open } = supply();
  const start = Promise.withResolvers<void>();
  const slow = () => start.promise.then(open);
  return { opened, start, kept: await keepSandbox({ open: slow, patienceMs: 1, logger: silentLogger }) };
}

test('one that takes long to start is not waited for, and told of when it comes, dies and comes back', async () => {
  const { opened, start, kept } = await slowStart();
  const told: (readonly string[] | string | undefined)[] = [];
  kept.onChange(() => told.push(kept.capabilities.unavailable ?? kept.capabilities.runtimes));
  expect(kept.capabilities).toEqual({
    ...{ runtimes: [], layers: [], unavailable: 'the sandbox is starting' },
  });
  await expect(kept.run(job)).rejects.toMatchObject({ code: 'sandbox.unavailable' });
  start.resolve();
  await expect.poll(() => told).toEqual([['native']]);
  opened[0]?.died('killed');
  await expect.poll(() => told).toEqual([['native'], 'the sandbox died: killed', ['native', 'jvm']]);
  await kept.renew();
  expect(told).toHaveLength(4);
  await kept.close();
  expect(opened.every(({ closed }) => closed)).toBe(true);
});

test('one that comes while all is closed is closed, too', async () => {
  const { opened, start, kept } = await slowStart();
  const closing = kept.close();
  start.resolve();
  await closing;
  expect(opened.map(({ closed }) => closed)).toEqual([true]);
});
