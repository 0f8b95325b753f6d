// An ordinary program, of many libraries and most of what V8 has: it must pass behind the lock, since a list of calls that
// suits one program may end the next.

import { sha512 } from '@noble/hashes/sha2.js';
import { Ajv } from 'ajv';
import { decode, encode } from 'cborg';
import { gunzipSync, gzipSync } from 'fflate';
import { RE2JS } from 're2js';
import semver from 'semver';

/** The input is attempts.js. Answers the names of what was done. */
export default async function ordinary(input: Uint8Array): Promise<string> {
  const done: string[] = [];
  const check = (name: string, fine: boolean) => done.push(fine ? name : `not ${name}`);
  check('input', new TextDecoder().decode(input).includes('const attempts'));
  const numbers = { type: 'object', properties: { a: { type: 'array', items: { type: 'integer' } } } };
  check('ajv', new Ajv().compile(numbers)({ a: [1, 2] }));
  check('cborg', decode(encode({ a: [1n << 60n, 'x'] })).a.length === 2);
  const bytes = new Uint8Array(4e6).map((_, at) => (at * 7919) & 255);
  check('fflate', gunzipSync(gzipSync(bytes)).length === bytes.length);
  check('hashes', sha512(bytes).length === 64);
  check('re2js', RE2JS.compile('(a+)+$').matcher('a'.repeat(1000)).find());
  check('semver', semver.maxSatisfying(['1.2.3', '1.9.0', '2.0.0'], '^1.0.0') === '1.9.0');
  check('collector', await collect());
  check('bigint', 2n ** 2000n % 97n === 35n);
  check('intl', languages().length > 50);
  check('patterns', 'aé日'.replace(/(?<=a)\p{L}/gu, '!') === 'a!日');
  check('sort', (Float64Array.from({ length: 5e5 }, () => Math.random()).sort()[0] ?? -1) >= 0);
  check('atomics', Atomics.add(new Int32Array(new SharedArrayBuffer(1024)), 0, 1) === 0);
  check('eval', Function('a', 'return a * 2')(21) === 42);
  check('dates', new Date(2026, 6, 1).toString().includes('GMT+0000'));
  return done.join(' ');
}

async function collect(): Promise<boolean> {
  const registry = new FinalizationRegistry(() => {});
  let kept: unknown[] = [];
  let sum = 0;
  for (let round = 0; round < 300; round++) {
    const map = new Map(Array.from({ length: 2000 }, (_, i) => [`k${i}`, { i, text: 'v'.repeat(i % 100) }]));
    registry.register(map, round);
    kept.push([...map.values()].sort((a, b) => b.i - a.i));
    if (kept.length > 10) kept = [];
    sum += JSON.parse(JSON.stringify([...map])).length;
    for (const part of parts()) sum += part.length;
    await Promise.all(Array.from({ length: 50 }, async (_, i) => i));
  }
  return sum === 300 * (2000 + 50_000);
}

function* parts() {
  for (let i = 0; i < 500; i++) yield new Float64Array(100);
}

const languages = (): string =>
  [
    [...new Intl.Segmenter('th', { granularity: 'word' }).segment('สวัสดีชาวโลก')].length,
    new Intl.NumberFormat('ar').format(12_345.6),
    new Intl.DateTimeFormat('ja-JP-u-ca-japanese', {
      dateStyle: 'full',
      timeZone: 'America/New_York',
    }).format(0),
    new Intl.Collator('sv').compare('z', 'å'),
    new Intl.RelativeTimeFormat('hi').format(-1, 'day'),
    new Intl.DisplayNames('en', { type: 'region' }).of('IN'),
    new Intl.PluralRules('pl').select(3),
    'ﬁ'.normalize('NFKC') + 'İ'.toLocaleLowerCase('tr'),
  ].join(' ');
