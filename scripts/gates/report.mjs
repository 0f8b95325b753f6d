// What the gates and tests of one run came to. A runner that executed nothing, or skipped something, has failed:
// silence is not success.

/** @typedef {{name: string, passed: number, failed: number, skipped?: number, seconds: number, note?: string}} Result */

/** Turns "nothing ran" and "something was skipped" into failures, with the reason. @param {Result} result */
export function judge(result) {
  const skipped = result.skipped ?? 0;
  const notes = result.note ? [result.note] : [];
  let failed = result.failed;
  if (result.passed + result.failed === 0) {
    failed += 1;
    notes.push('nothing was executed');
  }
  if (skipped > 0) {
    failed += skipped;
    notes.push(`${skipped} skipped`);
  }
  return { ...result, failed, note: notes.join('; ') };
}

/** Prints the table and, as the last line, `N passed, N failed`. Returns the exit code. @param {Result[]} results */
export function report(results, out = process.stdout) {
  const judged = results.map(judge);
  const width = Math.max(...judged.map(({ name }) => name.length), 0);
  out.write('\n');
  for (const { name, passed, failed, seconds, note } of judged) {
    const mark = failed > 0 ? 'FAILED' : 'ok    ';
    const counts = `${String(passed).padStart(5)} passed ${String(failed).padStart(3)} failed`;
    out.write(
      `${mark} ${name.padEnd(width)} ${counts} ${seconds.toFixed(1).padStart(7)} s${note ? `  ${note}` : ''}\n`,
    );
  }
  const sum = (key) => judged.reduce((total, result) => total + result[key], 0);
  out.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  return sum('failed') > 0 || judged.length === 0 ? 1 : 0;
}

/** Runs `work`, which gives the counts; what it throws is one failure with its sentence. @returns {Promise<Result>} */
export async function timed(name, work) {
  const start = performance.now();
  let counts;
  try {
    counts = await work();
  } catch (error) {
    counts = { passed: 0, failed: 1, note: error.message.split('\n')[0] };
    process.stdout.write(`\n${name}: ${error.message}\n`);
  }
  return { name, ...counts, seconds: (performance.now() - start) / 1000 };
}
