// Frame rate of panning a mesh of 100, 500 and 2,000 nodes in a real Electron window without a GPU: our page's own
// component beside plain cytoscape, React Flow and sigma, interleaved in one run. JSON out, a table shown.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { _electron } from 'playwright';
import { build, preview } from 'vite';
import { findProjectRoot } from '#lab/toolchain';
import { openDisplay } from '../e2e/window/display.tester.ts';
import { createContext } from '../scripts/setup/context.mjs';
import { electronCommand } from '../scripts/setup/electron.mjs';
import { quantile, table } from './figures.ts';

const SIZES = [100, 500, 2_000];
const PEERS = ['ours', 'ours-live', 'cytoscape', 'xyflow', 'sigma'];
const ROUNDS = 3;
const PAGE_TIMEOUT_MS = 120_000;
/** The drag goes further; less would mean that the drawing did not follow. */
const MUST_MOVE_PIXELS = 100;

interface Figures {
  readonly firstDrawMs: number;
  readonly framesPerSecond: number;
  readonly medianFrameMs: number;
  readonly p95FrameMs: number;
  readonly movedPixels: number;
}

const root = findProjectRoot(import.meta.dirname);
const outDir = mkdtempSync(path.join(tmpdir(), 'abhaya-topology-'));
const folder = path.join(root, 'bench', 'topology');
const load = loadavg();

async function measureAll(): Promise<Map<string, Figures[]>> {
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    build: { outDir, emptyOutDir: true, target: 'chrome130', chunkSizeWarningLimit: 4_000 },
  });
  const server = await preview({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, strictPort: false },
  });
  const display = await openDisplay();
  try {
    const address = server.httpServer.address();
    if (address === null || typeof address === 'string') throw new Error('the page is not served');
    const base = `http://127.0.0.1:${address.port}/`;
    const electron = electronCommand(createContext({ root, env: { ...process.env, DISPLAY: display.name } }));
    const app = await _electron.launch({
      executablePath: electron.command,
      // sigma needs WebGL, which is then drawn by the processor.
      args: [
        ...electron.argv,
        '--disable-gpu',
        '--enable-unsafe-swiftshader',
        path.join(folder, 'window.cjs'),
        'about:blank',
      ],
      env: electron.env as Record<string, string>,
    });
    try {
      const page = await app.firstWindow();
      const results = new Map<string, Figures[]>();
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const nodes of SIZES) {
          for (const peer of PEERS) {
            await page.goto(`${base}?peer=${peer}&nodes=${nodes}`);
            const asked = page.evaluate(
              () => (globalThis as unknown as { figures: Promise<Figures> }).figures,
            );
            const figures = await Promise.race([
              asked,
              new Promise<never>((_resolve, reject) =>
                setTimeout(
                  () => reject(new Error(`${peer} with ${nodes} nodes takes too long`)),
                  PAGE_TIMEOUT_MS,
                ).unref(),
              ),
            ]);
            if (figures.movedPixels < MUST_MOVE_PIXELS)
              throw new Error(`${peer} with ${nodes} nodes moved by ${figures.movedPixels} pixels only`);
            const key = `${peer} ${nodes}`;
            results.set(key, [...(results.get(key) ?? []), figures]);
          }
        }
      }
      return results;
    } finally {
      await app.close();
    }
  } finally {
    await display.close();
    await new Promise((resolve) => server.httpServer.close(resolve));
    rmSync(outDir, { recursive: true, force: true });
  }
}

const measured = await measureAll();
const median = (key: string, of: (figures: Figures) => number) =>
  quantile((measured.get(key) ?? []).map(of), 0.5);
const rows = SIZES.flatMap((nodes) =>
  PEERS.map((peer) => {
    const key = `${peer} ${nodes}`;
    const framesPerSecond = median(key, (it) => it.framesPerSecond);
    return {
      nodes,
      peer,
      framesPerSecond,
      p95FrameMs: median(key, (it) => it.p95FrameMs),
      firstDrawMs: median(key, (it) => it.firstDrawMs),
      ratioToOurs: framesPerSecond / median(`ours ${nodes}`, (it) => it.framesPerSecond),
    };
  }),
);
console.log(
  table(
    ['nodes', 'drawn by', 'frames/s', 'p95 frame, ms', 'first draw, ms', '× ours'],
    rows.map((row) => [
      String(row.nodes),
      row.peer,
      row.framesPerSecond.toFixed(1),
      row.p95FrameMs.toFixed(0),
      row.firstDrawMs.toFixed(0),
      row.ratioToOurs.toFixed(2),
    ]),
  ),
);
const machine = { cores: cpus().length, cpu: cpus()[0]?.model, node: process.version, loadBefore: load };
const file = process.env.ABHAYA_BENCH_OUT ?? path.join(root, 'bench', 'out', 'topology.json');
writeFileSync(file, `${JSON.stringify({ machine, rounds: ROUNDS, rows }, null, 2)}\n`);
