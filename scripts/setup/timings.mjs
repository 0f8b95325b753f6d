// One line on what set-up did and how long it took.

export function printTimings(timings, out = process.stderr) {
  const total = timings.reduce((sum, step) => sum + step.ms, 0);
  const did = timings.filter((step) => step.did);
  const list = (did.length > 0 ? did : timings)
    .map((step) => `${step.name} ${(step.ms / 1000).toFixed(2)} s`)
    .join(', ');
  out.write(
    `set-up: ${did.length > 0 ? 'ready' : 'nothing to do'} in ${(total / 1000).toFixed(2)} s (${list})\n`,
  );
}
