// What set-up prints: one line per step, a progress line that rewrites itself on a terminal and stays rare elsewhere.

const seconds = (ms) => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);

export function createLog(out = process.stderr, { quiet = false, everyMs = 5_000, now = Date.now } = {}) {
  let open = false;
  let last = 0;
  const line = (text) => {
    if (quiet) return;
    out.write(`${open ? '\r\x1b[K' : ''}${text}\n`);
    open = false;
  };
  return {
    line,
    start: (name, why) => line(`set-up: ${name}: ${why}`),
    done: (name, ms) => line(`set-up: ${name}: done in ${seconds(ms)}`),
    progress(text) {
      if (quiet) return;
      if (out.isTTY) {
        out.write(`\r\x1b[K  ${text.slice(0, (out.columns ?? 80) - 3)}`);
        open = true;
      } else if (now() - last > everyMs) {
        last = now();
        line(`  ${text}`);
      }
    },
    seconds,
  };
}
