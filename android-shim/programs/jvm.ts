// Real jobs in Java and Kotlin (jvm/, one jar), and what each must answer, computed here by other means.

import { execFile } from 'node:child_process';
import { createCipheriv, createHash, createHmac, generateKeyPairSync, pbkdf2Sync, sign } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, gzipSync } from 'node:zlib';
import { numbers, type Program } from './program.ts';

const builds = new Map<string, Promise<string>>();

/** All are in one jar: it is built once for each folder, whoever asks at the same time. */
function jar(build: string): Promise<string> {
  const known = builds.get(build);
  if (known) return known;
  const work = join(build, 'jvm');
  const root = join(import.meta.dirname, '../..');
  const args = [join(root, 'scripts/build/package-jar.mjs'), join(import.meta.dirname, 'jvm'), work];
  const made = promisify(execFile)(process.execPath, args).then(() => join(work, 'target/jvm.jar'));
  builds.set(build, made);
  return made;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The job's name stands in the first line of its input. */
const program = (
  language: 'java' | 'kotlin',
  name: string,
  input: string | Uint8Array,
  expected: string | Uint8Array,
): Program => ({
  name: `${language}-${name}`,
  runtime: 'jvm',
  language,
  file: jar,
  input: Buffer.concat([bytes(`${name}\n`), typeof input === 'string' ? bytes(input) : input]),
  expected: typeof expected === 'string' ? bytes(expected) : expected,
});

const vocabulary = [
  'river',
  'stone',
  'Über',
  'naïve',
  'the',
  'of',
  'day',
  'lantern',
  'quiet',
  'seven',
  'house',
  'été',
];

const prose = (count: number, seed: number): string =>
  numbers(count, vocabulary.length * 4, seed)
    .map((n, at) => `${vocabulary[Math.min(n, n % vocabulary.length)]}${at % 13 === 0 ? '.\n' : ' '}`)
    .join('');

function digits(): Program {
  const wanted = 500;
  // Machin's formula, in whole numbers with digits to spare.
  const unit = 10n ** BigInt(wanted + 20);
  const arctan = (x: bigint): bigint => {
    let [term, sum] = [unit / x, unit / x];
    for (let n = 3n, sign = -1n; term > 0n; n += 2n, sign = -sign) {
      term /= x * x;
      sum += (sign * term) / n;
    }
    return sum;
  };
  const pi = (4n * (4n * arctan(5n) - arctan(239n))).toString().slice(0, wanted);
  return program('java', 'digits', String(wanted), `${pi}\n${(2n ** 4423n - 1n) % 1_000_000_007n}\n`);
}

function words(): Program {
  const text = prose(120_000, 5);
  const counts = new Map<string, number>();
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? [])
    counts.set(word, (counts.get(word) ?? 0) + 1);
  const order = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, 50);
  return program('java', 'words', text, order.map(([word, count]) => `${count} ${word}\n`).join(''));
}

function patterns(): Program {
  const parts = numbers(12_000, 256, 9);
  const text = parts
    .map((n, i) =>
      i % 5 === 0
        ? `u${n}.x@host-${n % 7}.example.org`
        : i % 5 === 1
          ? `20${n % 90 < 10 ? '0' : ''}${n % 90}-${String(1 + (n % 14)).padStart(2, '0')}-${String(1 + (n % 31)).padStart(2, '0')}`
          : i % 5 === 2
            ? `10.${n}.${(n * 7) % 300}.1`
            : i % 5 === 3
              ? `word${n % 9}`
              : `word${n % 3}`,
    )
    .join(' ');
  const found = (pattern: RegExp) => {
    const all = [...text.matchAll(pattern)].map(([match]) => match).sort();
    return `${all.length} ${all[0] ?? '-'}`;
  };
  const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
  let hash = 0;
  for (const letter of text.replaceAll(/[^a-z]+/g, ''))
    hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0;
  const lines = [
    `date ${found(/\b(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\b/g)}`,
    `ip ${found(new RegExp(`\\b(?:${octet}\\.){3}${octet}\\b`, 'g'))}`,
    `mail ${found(/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g)}`,
    `twice ${found(/\b(\w{3,}) \1\b/g)}`,
    String(hash),
  ];
  return program('java', 'patterns', text, `${lines.join('\n')}\n`);
}

function unpack(): Program {
  const plain = Buffer.from(prose(90_000, 3));
  const expected = Buffer.concat([plain, bytes(`${crc32(plain).toString(16)}\n`)]);
  return program('java', 'unpack', gzipSync(plain), expected);
}

function digests(): Program {
  const message = Buffer.from(prose(40_000, 11));
  const key = Buffer.from(numbers(32, 256, 2));
  const nonce = Buffer.from(numbers(12, 256, 4));
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(message), cipher.final(), cipher.getAuthTag()]);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const parts = [
    message,
    key,
    nonce,
    sealed,
    publicKey.export({ type: 'spki', format: 'der' }),
    sign(null, message, privateKey),
  ];
  const lengths = parts.map(({ length }) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(length);
    return head;
  });
  const hash = (name: string) => createHash(name).update(message).digest('hex');
  const lines = [
    ...['sha256', 'sha512', 'sha3-256'].map(hash),
    createHmac('sha256', key).update(message).digest('hex'),
    pbkdf2Sync('a long password', key, 5000, 32, 'sha512').toString('hex'),
    hash('sha256'),
    'true',
  ];
  const input = Buffer.concat(parts.flatMap((part, at) => [lengths[at] ?? Buffer.alloc(0), part]));
  return program('java', 'digests', input, `${lines.join('\n')}\n`);
}

function orders(): Program {
  const drawn = numbers(9_000, 1000, 21);
  const list = Array.from({ length: 3_000 }, (_, id) => ({
    id,
    customer: `Kunde "${(drawn[id] ?? 0) % 17}" <ü>`,
    items: Array.from({ length: 1 + (id % 3) }, (_, at) => ({
      name: `part ${(drawn[id + at * 3_000] ?? 0) % 5}`,
      count: 1 + (id % 4),
      price: ((drawn[id + at * 3_000] ?? 0) * 25) / 100,
    })),
    notes: id % 10 === 0 ? { gift: 'yes\n' } : null,
  }));
  const sums: Record<string, { orders: number; items: number; cents: number; names: string[] }> = {};
  for (const { customer, items } of list) {
    sums[customer] ??= { orders: 0, items: 0, cents: 0, names: [] };
    const sum = sums[customer];
    sum.orders += 1;
    for (const { name, count, price } of items) {
      sum.items += count;
      sum.cents += Math.round(price * 100) * count;
      if (!sum.names.includes(name)) sum.names.push(name);
    }
  }
  const sorted = Object.fromEntries(Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1)));
  return program('java', 'orders', JSON.stringify(list), JSON.stringify(sorted));
}

function paths(): Program {
  const [height, width] = [120, 150];
  const costs = numbers(height * width, 9, 31).map((n) => n + 1);
  const rows = Array.from({ length: height }, (_, y) => costs.slice(y * width, (y + 1) * width));
  // Bellman and Ford's way, until nothing changes.
  const best = costs.map(() => Number.POSITIVE_INFINITY);
  best[0] = costs[0] ?? 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (let at = 0; at < best.length; at++) {
      const x = at % width;
      const around = [x > 0 && at - 1, x < width - 1 && at + 1, at - width, at + width].map((from) =>
        from === false ? Number.POSITIVE_INFINITY : (best[from] ?? Number.POSITIVE_INFINITY),
      );
      const through = Math.min(...around) + (costs[at] ?? 0);
      if (through < (best[at] ?? 0)) {
        best[at] = through;
        changed = true;
      }
    }
  }
  const expected = `${best.at(-1)} ${height * width}\n${Math.max(...best)}\n`;
  return program('kotlin', 'paths', rows.map((row) => row.join('')).join('\n'), expected);
}

function life(): Program {
  const [height, width, generations] = [64, 80, 60];
  const first = numbers(height * width, 3, 41).map((n) => n === 0);
  let world = first;
  const at = (list: boolean[], y: number, x: number): number =>
    list[((y + height) % height) * width + ((x + width) % width)] ? 1 : 0;
  for (let generation = 0; generation < generations; generation++) {
    const before = world;
    world = before.map((alive, i) => {
      const [y, x] = [Math.floor(i / width), i % width];
      let around = -at(before, y, x);
      for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) around += at(before, y + dy, x + dx);
      return around === 3 || (alive && around === 2);
    });
  }
  const drawn = (list: boolean[]) =>
    Array.from({ length: height }, (_, y) =>
      list
        .slice(y * width, (y + 1) * width)
        .map((alive) => (alive ? '#' : '.'))
        .join(''),
    ).join('\n');
  return program('kotlin', 'life', `${generations}\n${drawn(first)}\n`, `${drawn(world)}\n`);
}

function calendar(): Program {
  const seconds = numbers(1_500, 2_000_000, 51).map((n) => n * 900);
  const formats = ['Asia/Kolkata', 'America/New_York', 'Europe/Berlin'].map(
    (timeZone) => new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }),
  );
  const dayOf = (second: number) => Math.floor(second / 86_400);
  const lines = seconds.map((second, i) => {
    const shown = formats.map((format) => format.format(second * 1000));
    const before = seconds[i - 1];
    return `${shown.join(' ')} ${before === undefined ? 0 : dayOf(second) - dayOf(before)}`;
  });
  return program('kotlin', 'calendar', seconds.join('\n'), `${lines.join('\n')}\n`);
}

export const jvmPrograms = (): readonly Program[] => [
  digits(),
  words(),
  patterns(),
  unpack(),
  digests(),
  orders(),
  paths(),
  life(),
  calendar(),
];
