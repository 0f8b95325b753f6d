// What sha256sum and its like print of the input, a keyed digest, and a key that is derived from it.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { readFileSync } from 'node:fs';

const data = readFileSync('/dev/stdin');
for (const name of ['md5', 'sha1', 'sha256', 'sha512'])
  console.log(createHash(name).update(data).digest('hex'));
console.log(createHmac('sha256', 'key').update(data).digest('base64'));
console.log(pbkdf2Sync(data.subarray(0, 16), 'salt', 1000, 32, 'sha256').toString('hex'));
