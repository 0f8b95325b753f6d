// `node assemble.mjs FOLDER`: every attempt as a module in the folder, and their names in the file `names`.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import wabt from 'wabt';
import { attempts } from './attempts.mjs';

const [folder] = process.argv.slice(2);
const features = { exceptions: true, memory64: true, multi_memory: true, threads: true };
const { parseWat } = await wabt();
mkdirSync(folder, { recursive: true });
for (const [name, attempt] of Object.entries(attempts)) {
  let bytes = attempt;
  if (typeof attempt === 'string') {
    const parsed = parseWat(name, attempt, features);
    bytes = parsed.toBinary({}).buffer;
    parsed.destroy();
  }
  writeFileSync(join(folder, `${name}.wasm`), bytes);
}
writeFileSync(join(folder, 'names'), `${Object.keys(attempts).join('\n')}\n`);
