// A tool that comes as a module's archive, from proxies on loopback that are dead, slow, cut short or lie.

import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { sha256 } from './hash.mjs';
import { setUp } from './main.mjs';
import { moduleProxies } from './module-archive.mjs';
import { run } from './run.mjs';
import { stepOf, testToolsFile } from './tools.mjs';

const module = 'example.org/tool';
const version = 'v1.0.0-planted';
const inside = `${module}@${version}/`;

let folder;
let zip;
let proxy;
let mode;
let ranges;
let server;

async function pack() {
  const file = new ZipFile();
  const add = (path, text) => file.addBuffer(Buffer.from(text), inside + path);
  add('bin/planted', '#!/bin/sh\necho planted 1.0\n');
  add('src/a.go', 'package a\n');
  add('src/a_test.go', 'package a\n');
  // Something that does not fit into one piece.
  file.addBuffer(Buffer.alloc(400_000, 'abc'), `${inside}src/ballast`, { compress: false });
  file.end();
  const path = join(folder, 'planted.zip');
  await pipeline(file.outputStream, createWriteStream(path));
  return readFileSync(path);
}

const answer = (request, response) => {
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  ranges.push(from);
  if (request.url !== `/${module}/@v/${version}.zip`) return response.writeHead(404).end();
  if (mode === 'stall') return;
  if (mode === 'broken') return response.writeHead(500).end();
  const bytes = mode === 'lie' ? Buffer.alloc(zip.length, 1) : zip.subarray(Number(from ?? 0));
  response.writeHead(from === undefined ? 200 : 206, { 'content-length': bytes.length });
  if (mode !== 'cut') return response.end(bytes);
  mode = 'good';
  response.write(bytes.subarray(0, 300_000), () => setTimeout(() => response.destroy(), 50));
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'abhaya module '));
  mkdirSync(join(folder, '.cache'));
  zip = await pack();
  mode = 'good';
  ranges = [];
  server = createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = `http://127.0.0.1:${server.address().port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const record = () => join(folder, '.cache', 'tools', 'test-tools.json');
const program = () => JSON.parse(readFileSync(record(), 'utf8')).tools.planted;
const inTools = () => readdirSync(join(folder, '.cache', 'tools'), { recursive: true }).map(String);

function install({ GOPROXY = proxy, overrides = {} } = {}) {
  const group = {
    name: 'planted',
    packages: [],
    status: 'none',
    byHand: 'planted, by hand',
    size: '1 MB',
    archive: {
      ...{ module, version, sha256: sha256(zip) },
      ...{ keep: /^(bin\/|src\/(?!.*_test\.go$))/, programs: /^bin\// },
    },
    tools: [
      {
        ...{ key: 'planted', system: [], places: ['bin/planted'] },
        probe: { args: [], accept: (output) => output === 'planted 1.0\n' },
      },
    ],
  };
  const steps = [stepOf({ name: 'planted', groupsOf: () => [group], fileOf: testToolsFile })];
  const env = { PATH: process.env.PATH, GOPROXY };
  return setUp({ root: folder, env, quiet: true, steps, overrides });
}

describe('a tool out of a module', () => {
  it('is unpacked without what is not wanted, and found again without the proxy', async () => {
    await install();
    expect((await run(program(), [])).stdout).toBe('planted 1.0\n');
    expect(inTools().filter((name) => name.endsWith('.go'))).toEqual([
      expect.stringMatching(/\/src\/a\.go$/),
    ]);
    expect(inTools().filter((name) => /zip|part|aside/.test(name))).toEqual([]);
    const asked = ranges.length;
    const [again] = await install({ GOPROXY: 'http://127.0.0.1:9' });
    expect([again.did, ranges.length]).toEqual([false, asked]);
  });

  it('goes on where a download was cut', async () => {
    mode = 'cut';
    await install();
    expect(ranges).toEqual([undefined, expect.stringMatching(/^[1-9]\d{4,}$/)]);
    expect((await run(program(), [])).stdout).toBe('planted 1.0\n');
  });

  it('comes from the next proxy when one has it not, or is not there', async () => {
    await install({ GOPROXY: `http://127.0.0.1:9|${proxy}/nothing,direct,${proxy}` });
    expect((await run(program(), [])).stdout).toBe('planted 1.0\n');
  });

  it.each([
    ['lie', /has another content than expected/],
    ['broken', /the proxy answers 500/],
    ['stall', /no answer/],
  ])('ends in a sentence when the proxy does %s, and nothing is half done', async (how, sentence) => {
    mode = how;
    const overrides = how === 'stall' ? { stalledMs: 100 } : {};
    const failed = await install({ overrides }).catch((error) => error);
    expect(failed.message).toMatch(sentence);
    expect(failed.hint).toMatch(/npm run setup[\s\S]*planted, by hand/);
    expect(existsSync(record())).toBe(false);
    expect(inTools().filter((name) => /aside|zip$/.test(name))).toEqual([]);
    mode = 'good';
    await install();
    expect((await run(program(), [])).stdout).toBe('planted 1.0\n');
  });
});

it('asks the proxies that the go command would ask', () => {
  expect(moduleProxies({})).toEqual(['https://proxy.golang.org']);
  expect(moduleProxies({ GOPROXY: 'direct' })).toEqual(['https://proxy.golang.org']);
  expect(moduleProxies({ GOPROXY: 'http://a.test/x/,direct' })).toEqual(['http://a.test/x']);
  expect(moduleProxies({ GOPROXY: 'off' })).toEqual([]);
});
