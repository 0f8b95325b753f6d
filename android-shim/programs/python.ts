// Real jobs in Python (python/), with its standard library, and what each must answer, computed here by other means.

import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { join } from 'node:path';
import { crc32, gunzipSync } from 'node:zlib';
import { numbers, type Program } from './program.ts';

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const lines = (values: readonly unknown[]): string => `${values.join('\n')}\n`;
const two = (value: number): string => String(value).padStart(2, '0');

const program = (
  name: string,
  input: string | Uint8Array,
  expected: string | Uint8Array,
  more: Partial<Program> = {},
): Program => ({
  name: `python-${name}`,
  runtime: 'python',
  language: 'python',
  file: async () => join(import.meta.dirname, 'python', `${name}.py`),
  input: typeof input === 'string' ? utf8(input) : input,
  expected: typeof expected === 'string' ? utf8(expected) : expected,
  ...more,
});

export const pythonPrograms = (): Program[] => [
  orders(),
  digests(),
  pack(),
  log(),
  interest(),
  sales(),
  expressions(),
  integers(),
  words(),
  feed(),
];

/** By most, then by name as Python orders text. */
const ranked = <T>(entries: Iterable<[string, T]>, weight: (value: T) => number): [string, T][] =>
  [...entries].sort(([a, x], [b, y]) => weight(y) - weight(x) || (a < b ? -1 : 1));

function count(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

function orders(): Program {
  const names = ['lamp', 'chair', 'table', 'shelf'];
  const places = ['Pune', 'Ulm', 'Lima', 'Oslo'];
  const random = numbers(30_000, 1_000);
  const all = Array.from({ length: 5_000 }, (_, at) => {
    const [a = 0, b = 0, c = 0] = random.slice(at * 3, at * 3 + 3);
    const item = (n: number) => ({ name: names[n % 4] ?? '', price: (n % 97) + 1, count: (n % 5) + 1 });
    return { city: places[a % 4] ?? '', items: [item(b), item(c)] };
  });
  const cities = new Map<string, { items: Map<string, number>; orders: number; total: number }>();
  for (const { city, items } of all) {
    const sums = cities.get(city) ?? { items: new Map(), orders: 0, total: 0 };
    cities.set(city, sums);
    sums.orders++;
    for (const item of items) {
      sums.total += item.price * item.count;
      count(sums.items, item.name, item.count);
    }
  }
  const expected = ranked(cities, ({ total }) => total).map(([city, { items, orders: made, total }]) => ({
    city,
    items: Object.fromEntries([...items].sort()),
    orders: made,
    total,
  }));
  return program('orders', JSON.stringify(all), JSON.stringify(expected));
}

function digests(): Program {
  const data = Buffer.from(numbers(500_000, 256));
  const hash = (name: string) => createHash(name).update(data).digest('hex');
  return program(
    'digests',
    data,
    lines([
      ...['md5', 'sha1', 'sha256', 'sha512'].map((name) => `${name} ${hash(name)}`),
      `sha3_256 ${hash('sha3-256')}`,
      `blake2b ${hash('blake2b512')}`,
      `hmac ${createHmac('sha512', 'key').update(data).digest('hex')}`,
      `pbkdf2 ${pbkdf2Sync(data.subarray(0, 20), 'salt', 1000, 32, 'sha256').toString('hex')}`,
      `crc32 ${crc32(data).toString(16).padStart(8, '0')}`,
      `base64 ${data.subarray(0, 99).toString('base64').replaceAll('+', '-').replaceAll('/', '_')} ${data.subarray(0, 9).toString('hex')}`,
    ]),
  );
}

/** How it is packed is Python's own affair; what counts is that it can be unpacked. */
function pack(): Program {
  const text = numbers(20_000, 400)
    .map((n) => `word${n}`)
    .join(' ');
  return program('pack', text, text, { read: (output) => gunzipSync(output) });
}

function log(): Program {
  const random = numbers(60_000, 10_000, 7);
  const [statuses, paths, hours] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  let [size, wrong] = [0, 0];
  const text = Array.from({ length: 10_000 }, (_, at) => {
    const [a = 0, b = 0, c = 0] = random.slice(at * 3, at * 3 + 3);
    if (a % 100 === 0) {
      wrong++;
      return 'something else';
    }
    const [status, path, hour, bytes] = [
      [200, 200, 304, 404][a % 4],
      `/page/${b % 30}`,
      c % 24,
      a % 7 ? a : '-',
    ];
    count(statuses, String(status));
    count(paths, path);
    // One hour east of Greenwich.
    count(hours, two((hour + 23) % 24));
    if (bytes !== '-') size += bytes as number;
    return `10.0.0.${b % 255} - - [${two((a % 28) + 1)}/Mar/2026:${two(hour)}:00:01 +0100] "GET ${path}?q=${c} HTTP/1.1" ${status} ${bytes}`;
  });
  const inOrder = (counts: Map<string, number>) => [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = [...inOrder(statuses), ...ranked(paths, (n) => n).slice(0, 5), ...inOrder(hours)];
  return program(
    'log',
    lines(text),
    lines([...shown.map((pair) => pair.join(' ')), `${size} bytes, ${wrong} lines of another kind`]),
  );
}

function interest(): Program {
  const rows: string[] = [];
  const money = (cents: bigint) => `${cents / 100n}.${two(Number(cents % 100n))}`;
  for (let [owed, month] = [25_000_000n, 1]; owed > 0n; month++) {
    // 3.75 % a year: owed * 375 / 120000, half to even.
    const [whole, rest] = [(owed * 375n) / 120_000n, (owed * 375n) % 120_000n];
    const due = whole + (rest > 60_000n || (rest === 60_000n && whole % 2n === 1n) ? 1n : 0n);
    const paid = owed + due < 120_000n ? owed + due : 120_000n;
    owed += due - paid;
    rows.push(`${month} ${money(due)} ${money(paid)} ${money(owed)}`);
  }
  let [over, under] = [0n, 1n];
  for (let n = 1n; n <= 100n; n++) [over, under] = [over * n + under, under * n];
  const divisor = commonDivisor(over, under);
  return program(
    'interest',
    '250000.00 3.75 1200.00\n',
    lines([...rows, `${over / divisor}/${under / divisor}`]),
  );
}

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b);
}

function sales(): Program {
  const random = numbers(20_000, 5_000, 3);
  const groups = new Map<string, { note: string; amount: number }[]>();
  const rows = Array.from({ length: 4_000 }, (_, at) => {
    const [a = 0, b = 0] = random.slice(at * 2, at * 2 + 2);
    const row = {
      region: `region ${a % 7}`,
      note: b % 9 === 0 ? `said "no", ${b}\nand left` : `note ${b}`,
      amount: a - 2_000,
    };
    groups.set(row.region, [...(groups.get(row.region) ?? []), row]);
    return `${row.region},${row.amount},"${row.note.replaceAll('"', '""')}"`;
  });
  const expected = [...groups].sort().map(([region, group]) => {
    const amounts = group.map(({ amount }) => amount).sort((a, b) => a - b);
    const [longest = ''] = group
      .map(({ note }) => note)
      .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    const sum = amounts.reduce((total, amount) => total + amount, 0);
    const quoted = /[",\n]/.test(longest) ? `"${longest.replaceAll('"', '""')}"` : longest;
    return [region, amounts.length, sum, amounts[Math.floor((amounts.length - 1) / 2)], quoted].join(',');
  });
  return program(
    'sales',
    lines(['region,amount,note', ...rows]),
    lines(['region,count,sum,median,longest note', ...expected]),
  );
}

function expressions(): Program {
  const random = numbers(100_000, 1_000, 11)[Symbol.iterator]();
  const next = (): number => random.next().value ?? 0;
  const make = (depth: number): [text: string, value: bigint] => {
    const kind = depth === 0 ? 0 : next() % 5;
    if (kind === 0) {
      const number = next();
      return [String(number), BigInt(number)];
    }
    const [left, a] = make(depth - 1);
    if (kind === 1) return [`-(${left})`, -a];
    const [right, b] = make(depth - 1);
    if (kind === 2) return [`(${left}) * (${right})`, a * b];
    return kind === 3 ? [`${left} + ${right}`, a + b] : [`${left}-(${right})`, a - b];
  };
  const made = Array.from({ length: 2_000 }, () => make(6));
  return program('expressions', lines(made.map(([text]) => text)), lines(made.map(([, value]) => value)));
}

function integers(): Program {
  const seed = 12_345_678_901_234_567_890n;
  const sieve = new Uint8Array(200_000);
  const primes: number[] = [];
  for (let n = 2; n < sieve.length; n++) {
    if (sieve[n]) continue;
    primes.push(n);
    for (let m = n * 2; m < sieve.length; m += n) sieve[m] = 1;
  }
  const factorial = (n: bigint): bigint => (n < 2n ? 1n : n * factorial(n - 1n));
  let [power, base] = [1n, 3n];
  const modulus = 2n ** 521n - 1n;
  for (let e = seed; e > 0n; e >>= 1n) {
    if (e & 1n) power = (power * base) % modulus;
    base = (base * base) % modulus;
  }
  const square = seed ** 7n;
  let root = 1n << 300n;
  for (let step = (root + square / root) >> 1n; step < root; step = (root + square / root) >> 1n) root = step;
  const sum = primes.reduce((total, prime) => total + prime, 0);
  return program(
    'integers',
    `${seed}\n`,
    lines([
      [primes.length, sum, ...primes.slice(0, 5), primes.at(-1)].join(' '),
      power,
      factorial(400n) + seed,
      `${commonDivisor(factorial(60n), 6n ** 80n * 7n ** 9n)} ${root}`,
    ]),
  );
}

function words(): Program {
  const vocabulary = [
    'Über',
    'naïve',
    'ﬁsh',
    'अभय',
    'Ａbc',
    'Ωmega',
    'e\u0301tude',
    'São',
    'x-y',
    'Été',
    '2nd',
  ];
  const text = numbers(20_000, vocabulary.length, 5)
    .map((n) => vocabulary[n])
    .join(', ');
  const counts = new Map<string, number>();
  const found =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}]+/gu) ?? [];
  for (const word of found) count(counts, word);
  const wrapped: string[] = [];
  for (const word of [...counts.keys()].sort()) {
    const last = wrapped.at(-1);
    if (last !== undefined && [...last, ' ', ...word].length <= 40)
      wrapped[wrapped.length - 1] = `${last} ${word}`;
    else wrapped.push(word);
  }
  const common = ranked(counts, (n) => n).slice(0, 20);
  return program('words', text, lines([...common.map(([word, n]) => `${n} ${word}`), ...wrapped]));
}

function feed(): Program {
  const entries = numbers(300, 1_000_000, 9).map((n, at) => ({
    title: `Entry ${at} & more <ä>`,
    link: `https://example.org/${n}?a=1&b=2`,
    at: 1_767_225_600 + n * 60 + at,
    tags: ['news', `tag ${n % 9}`].sort(),
  }));
  const escaped = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const xml = entries.map(
    ({ title, link, at, tags }) =>
      `<entry><title> ${escaped(title)} </title><link href="${escaped(link)}"/><updated>${new Date(at * 1000).toISOString().replace('.000', '')}</updated>${tags
        .map((tag) => `<category term="${tag}"/>`)
        .join('')}</entry>`,
  );
  const document = `<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">${xml.join('\n')}</feed>`;
  const shown = entries
    .toSorted((a, b) => b.at - a.at)
    .map(
      ({ title, link, at, tags }) =>
        `{"title": ${JSON.stringify(title)}, "link": ${JSON.stringify(link)}, "at": ${at}.0, "tags": [${tags.map((tag) => JSON.stringify(tag)).join(', ')}]}`,
    );
  return program('feed', document, `[${shown.join(', ')}]`);
}
