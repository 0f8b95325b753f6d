// Writes docs/ERRORS.md from the one table of codes in base/error-codes.ts. Run by the pinned Node:
//   node scripts/docs/errors.mjs

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorKinds } from '../../base/error-codes.ts';

const owners = {
  user: 'yours',
  device: "the phone's",
  peer: "another node's",
  package: "the package's",
  host: "this machine's or the lab host's",
};

export function errorsDocument() {
  const rows = Object.entries(errorKinds).map(
    ([code, { whose, http, exit }]) => `| \`${code}\` | ${owners[whose]} | ${http} | ${exit} |`,
  );
  return [
    '# Error codes',
    '',
    'Made by `node scripts/docs/errors.mjs` from `base/error-codes.ts`; a test compares. Codes are added, never renamed.',
    '',
    'Every error of API and command line is `{code, message, details?}`. The exit code is that of the command line; 1 is',
    'a bug of ours, with the code `bug` and status 500.',
    '',
    '| Code | Whose problem | HTTP status | Exit code |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const target = fileURLToPath(new URL('../../docs/ERRORS.md', import.meta.url));
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, errorsDocument());
