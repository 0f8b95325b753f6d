import { expect, test } from 'vitest';
import { Jobs, lostReport } from './jobs.ts';

const report = (reason: 'completed' | 'cancelled') => ({
  reason,
  cpuMs: 0,
  peakMemoryBytes: 0,
  wallMs: 0,
  bytesIn: 0,
  bytesOut: 0,
  layers: [],
});

test('a job is settled by its report, and only once', async () => {
  const jobs = new Jobs();
  const seen: number[] = [];
  const first = jobs.add('a', ({ cpuMs }) => seen.push(cpuMs));
  jobs.on({ kind: 'started', jobId: 'a' });
  jobs.on({ kind: 'progress', jobId: 'a', cpuMs: 5, memoryBytes: 1, bytesIn: 1, bytesOut: 1 });
  jobs.on({ kind: 'exit', jobId: 'a', report: report('completed') });
  expect((await first).reason).toBe('completed');
  expect(seen).toEqual([5]);
  expect(() => jobs.on({ kind: 'exit', jobId: 'a', report: report('completed') })).toThrow('unknown job');
  expect(jobs.has('a')).toBe(false);
});

test('cancelled before it started: thrown; after it started: reported', async () => {
  const jobs = new Jobs();
  const [early, late] = [jobs.add('early'), jobs.add('late')];
  jobs.on({ kind: 'exit', jobId: 'early', report: report('cancelled') });
  jobs.on({ kind: 'started', jobId: 'late' });
  jobs.on({ kind: 'exit', jobId: 'late', report: report('cancelled') });
  await expect(early).rejects.toMatchObject({ code: 'cancelled' });
  expect((await late).reason).toBe('cancelled');
});

test('no job is lost when the supervisor dies', async () => {
  const jobs = new Jobs();
  const all = [jobs.add('a'), jobs.add('b')];
  jobs.endAll('it died');
  expect(await Promise.all(all)).toEqual([lostReport('it died'), lostReport('it died')]);
});
