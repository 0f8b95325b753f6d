// Drives the real window: the built app in the Electron that set-up found, on a display of its own, with a home of its
// own. Whoever opens one closes it, and the test fails if anything of it is still running after that.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { poll } from '#base';
import { createLabClient, type LabClient } from '#lab/client';
import { homeOf, readRunningHost } from '#lab/home';
import { findProjectRoot } from '#lab/toolchain';
import type { AppBridge } from '#schemas';
import { createContext } from '../../scripts/setup/context.mjs';
import { electronCommand } from '../../scripts/setup/electron.mjs';
import { endOfProcesses } from '../lab.tester.ts';
import { type Display, openDisplay } from './display.tester.ts';

declare global {
  interface Window {
    readonly abhaya: AppBridge;
  }
}

const root = findProjectRoot(import.meta.dirname);
/** For what a person would wait for, on a busy machine. */
const SLOW_MS = 60_000;

export interface WindowTester {
  readonly home: string;
  readonly page: Page;
  readonly app: ElectronApplication;
  /** What the page wrote to its console as errors, and what it threw. */
  readonly complaints: string[];
  client(): Promise<LabClient>;
  goTo(page: 'fleet' | 'mesh' | 'services' | 'tasks' | 'power' | 'sandbox' | 'settings'): Promise<void>;
  /** Waits until so many phones run and know their routes. */
  meshReady(phones: number, timeoutMs?: number): Promise<void>;
  /** Drops files on an element, as a person does: they come from the disk. */
  drop(selector: string, files: readonly string[]): Promise<void>;
  /** Serious and critical findings of axe, as readable lines. */
  accessibility(): Promise<string[]>;
  file(name: string, content: string | Uint8Array): Promise<string>;
  /** Ends the app as a person would, opens it again with the same home. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenWindowOptions {
  readonly args?: readonly string[];
  /** Program and arguments instead of the built app in the set-up's Electron. */
  readonly packaged?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export async function openWindow(options: OpenWindowOptions = {}): Promise<WindowTester> {
  const home = await mkdtemp(path.join(tmpdir(), 'abhaya window '));
  const display = await openDisplay();
  const state = { ...(await launch(home, display, options)) };
  const complaints: string[] = [];
  listen(state.page, complaints);

  const client = async (): Promise<LabClient> => {
    const running = await poll(() => readRunningHost(homeOf({}, home)), {
      everyMs: 50,
      timeoutMs: 30_000,
      what: 'the lab host',
    });
    return createLabClient({ apiUrl: running.host.apiUrl, token: running.token });
  };

  async function endApp(): Promise<void> {
    await state.app.close();
  }

  return {
    home,
    complaints,
    client,
    get page() {
      return state.page;
    },
    get app() {
      return state.app;
    },
    async goTo(name) {
      await state.page
        .getByRole('navigation', { name: 'Pages' })
        .getByRole('link', { name, exact: false })
        .click();
      await state.page.getByRole('heading', { level: 1, name, exact: false }).waitFor();
    },
    async meshReady(phones, timeoutMs = 90_000) {
      await state.page.getByText(`${phones} of ${phones} phones running`).waitFor({ timeout: timeoutMs });
      await state.page.getByText('Mesh ready').waitFor({ timeout: timeoutMs });
    },
    drop: (selector, files) => drop(state.page, selector, files),
    async accessibility() {
      // Half faded in, a hint has another contrast than a person sees.
      await state.page.mouse.move(640, 4);
      await state.page.evaluate(() =>
        Promise.allSettled(
          document
            .getAnimations()
            // A bar that says only that something goes on has no end.
            .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
            .map(({ finished }) => finished),
        ),
      );
      const { violations } = await new AxeBuilder({ page: state.page }).setLegacyMode(true).analyze();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(
          ({ id, help, nodes }) =>
            `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
        );
    },
    async file(name, content) {
      const file = path.join(home, name);
      await writeFile(file, content);
      return file;
    },
    async reopen() {
      await endApp();
      Object.assign(state, await launch(home, display, options));
      listen(state.page, complaints);
    },
    async close() {
      try {
        await endApp();
        // One that was to be kept.
        const running = await readRunningHost(homeOf({}, home));
        if (running)
          await createLabClient({ apiUrl: running.host.apiUrl, token: running.token })
            .shutdown()
            .catch(() => undefined);
        await endOfProcesses(home);
      } finally {
        await display.close();
        await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      }
    },
  };
}

async function launch(
  home: string,
  display: Display,
  { args = [], packaged }: OpenWindowOptions,
): Promise<{ app: ElectronApplication; page: Page }> {
  const env = { ...process.env, ABHAYA_HOME: home, DISPLAY: display.name } as Record<string, string>;
  const set = electronCommand(createContext({ root, env }));
  const main = packaged ? [] : [path.join(root, 'dist', 'electron', 'main.cjs')];
  const app = await _electron.launch({
    executablePath: packaged ?? set.command,
    args: [...set.argv, '--disable-gpu', ...main, ...args],
    env: set.env as Record<string, string>,
    timeout: SLOW_MS,
  });
  const page = await app.firstWindow({ timeout: SLOW_MS });
  page.setDefaultTimeout(SLOW_MS);
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  return { app, page };
}

/** A style that DataGrid's print code would need is refused by the policy; nobody prints here. */
function listen(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
}

/** A file field gives real files to the page; they are then dropped as the DataTransfer of a drop event. */
async function drop(page: Page, selector: string, files: readonly string[]): Promise<void> {
  await page.evaluate(() => {
    const field = document.createElement('input');
    field.type = 'file';
    field.multiple = true;
    field.id = 'dropped-files';
    field.hidden = true;
    document.body.append(field);
  });
  const field = page.locator('#dropped-files');
  await field.setInputFiles([...files]);
  await page.locator(selector).evaluate((target) => {
    const source = document.querySelector<HTMLInputElement>('#dropped-files');
    const dataTransfer = new DataTransfer();
    for (const file of source?.files ?? []) dataTransfer.items.add(file);
    for (const type of ['dragenter', 'dragover', 'drop'])
      target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    source?.remove();
  });
}
