// How often each path of a web server's log was asked for, and how many bytes went out, line by line.
import { createInterface } from 'node:readline';

const paths = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const [, path, bytes] = /"GET (\S+) [^"]*" 200 (\d+)/.exec(line) ?? [];
  if (path === undefined) continue;
  const { hits, sum } = paths.get(path) ?? { hits: 0, sum: 0 };
  paths.set(path, { hits: hits + 1, sum: sum + Number(bytes) });
}
const rows = [...paths].sort(([a, x], [b, y]) => y.hits - x.hits || (a < b ? -1 : 1));
for (const [path, { hits, sum }] of rows) console.log(`${path} ${hits} ${sum}`);
