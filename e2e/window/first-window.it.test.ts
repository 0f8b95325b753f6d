// From an empty window to a running fleet; what survives a restart; what a page can't reach.

import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { homeOf, processStartTime, readRunningHost } from '#lab/home';
import { createLabTester, type LabTester } from '../lab.tester.ts';
import { openWindow, type WindowTester } from './window.tester.ts';

describe('the window', () => {
  let tester: WindowTester;
  const host = async () => (await readRunningHost(homeOf({}, tester.home)))?.host;

  beforeAll(async () => {
    tester = await openWindow({ args: ['--phones', '2'] });
  });
  afterAll(() => tester?.close());

  test('starts a lab host and the fleet, and says so', async () => {
    await tester.meshReady(2);
    await tester.page.getByRole('row', { name: /VP0001/ }).waitFor();
    await tester.page.getByRole('row', { name: /VP0002/ }).waitFor();
  });

  test('nothing was refused or thrown on the way', () => {
    expect(tester.complaints).toEqual([]);
  });

  test('every page is reached by keyboard and has no serious finding, light and dark', async () => {
    for (const theme of ['light', 'dark'] as const) {
      await tester.page.evaluate((choice) => window.abhaya.call('settings.set', { theme: choice }), theme);
      for (const name of ['fleet', 'mesh', 'services', 'tasks', 'power', 'sandbox', 'settings'] as const) {
        await tester.goTo(name);
        expect({ theme, name, found: await tester.accessibility() }).toEqual({ theme, name, found: [] });
      }
    }
  });

  test('the palette goes anywhere by typing', async () => {
    await tester.page.keyboard.press('Control+k');
    await tester.page.getByRole('combobox', { name: 'Find or do' }).fill('setti');
    await tester.page.keyboard.press('Enter');
    await tester.page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });

  test('a page reaches no file, no Node, no other address, and not the API without the app', async () => {
    const lab = await host();
    const secret = await tester.file('secret.txt', 'nobody reads this');
    const tried = await tester.page.evaluate(
      async ({ apiUrl, path: file }) => {
        const attempt = async (what: () => Promise<unknown>) => {
          try {
            return await what();
          } catch (error) {
            return `refused: ${(error as Error).name}`;
          }
        };
        return {
          require: typeof (globalThis as { require?: unknown }).require,
          process: typeof (globalThis as { process?: unknown }).process,
          bridge: Object.keys(window.abhaya).sort(),
          file: await attempt(() => fetch(`file://${file}`).then((it) => it.text())),
          traversal: await attempt(() => fetch('/../../../../etc/passwd').then((it) => it.status)),
          encoded: await attempt(() => fetch('/%2e%2e/%2e%2e/package.json').then((it) => it.status)),
          api: await attempt(() => fetch(`${apiUrl}/api/v1/phones`).then((it) => it.status)),
          elsewhere: await attempt(() => fetch('https://example.org/').then((it) => it.status)),
          shutdown: await attempt(() =>
            fetch('/api/v1/host/shutdown', { method: 'POST' }).then((it) => it.status),
          ),
          code: await attempt(async () => new Function('return 1')()),
          register: await attempt(async () => window.abhaya.call('files.register', { path: file })),
          made: await attempt(() => window.abhaya.fileOf(new File(['x'], 'made.txt'))),
          verb: await attempt(() => window.abhaya.call('fs.read' as 'app.info', {})),
          extra: await attempt(() => window.abhaya.call('settings.set', { phones: 1, path: '/' } as object)),
          token: JSON.stringify(await window.abhaya.call('lab.state', {})).includes('token'),
        };
      },
      { apiUrl: lab?.apiUrl ?? '', path: secret },
    );
    expect(tried).toMatchObject({
      require: 'undefined',
      process: 'undefined',
      bridge: ['call', 'fileOf', 'on'],
      file: 'refused: TypeError',
      traversal: 404,
      encoded: 404,
      api: 'refused: TypeError',
      elsewhere: 'refused: TypeError',
      shutdown: 403,
      code: 'refused: EvalError',
      register: 'refused: Error',
      made: { ok: false, error: { code: 'input.invalid' } },
      verb: { ok: false, error: { code: 'input.invalid' } },
      extra: { ok: false, error: { code: 'input.invalid' } },
      token: false,
    });
    // What was refused was refused loudly; it isn't a complaint of ours.
    tester.complaints.length = 0;
  });

  test('a save over an old file replaces it when the new one is whole, and leaves it when it fails', async () => {
    const old = await tester.file('old.json', 'what was there');
    await tester.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    }, old);
    const save = (query: string) =>
      tester.page.evaluate(
        (path) => window.abhaya.call('exports.save', { path, suggestedName: 'old.json' }),
        `/history/export?${query}`,
      );
    expect(await save('what=nonsense&format=json')).toMatchObject({ ok: false });
    expect(await readFile(old, 'utf8')).toBe('what was there');
    expect(await save('what=tasks&format=json')).toMatchObject({
      ok: true,
      result: { saved: { path: old } },
    });
    expect(JSON.parse(await readFile(old, 'utf8'))).toBeTruthy();
    expect((await readdir(tester.home)).filter((name) => name.includes('.part'))).toEqual([]);
  });

  test('a lab host that dies is told, started again, and its phones come back', async () => {
    const before = await host();
    // Told for a moment only: nobody may be looking just then.
    await tester.page.evaluate(() => {
      const told: string[] = [];
      Object.assign(window, { told });
      const look = () => {
        const [words] =
          /The lab host is gone|Starting a lab host/.exec(document.body.textContent ?? '') ?? [];
        if (words) told.push(words);
      };
      new MutationObserver(look).observe(document.body, {
        ...{ subtree: true, childList: true, characterData: true },
      });
    });
    process.kill(before?.pid ?? 0, 'SIGKILL');
    const told = () => tester.page.evaluate(() => (window as unknown as { told: string[] }).told);
    await expect.poll(told, { timeout: 60_000 }).not.toEqual([]);
    await expect
      .poll(async () => (await host())?.pid ?? before?.pid, { timeout: 60_000 })
      .not.toBe(before?.pid);
    await tester.meshReady(2);
  });

  test('the window comes back as it was, with the same settings, and takes its lab host down', async () => {
    const before = await host();
    await tester.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 50, y: 40, width: 1000, height: 700 }),
    );
    const saved = async () =>
      JSON.parse(await readFile(path.join(tester.home, 'app', 'window.json'), 'utf8'));
    await expect.poll(saved, { timeout: 30_000 }).toMatchObject({ x: 50, y: 40, width: 1000, height: 700 });
    await tester.reopen();
    expect(await processStartTime(before?.pid ?? 0)).toBe('');
    const bounds = await tester.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.getBounds(),
    );
    expect(bounds).toMatchObject({ width: 1000, height: 700 });
    expect(await tester.page.evaluate(() => window.abhaya.call('settings.get', {}))).toMatchObject({
      result: { theme: 'dark' },
    });
    await tester.meshReady(2);
  });

  test('a damaged settings file gives the defaults, and is not in the way', async () => {
    await writeFile(path.join(tester.home, 'app', 'settings.json'), '{"theme":"purple"');
    await tester.reopen();
    expect(await tester.page.evaluate(() => window.abhaya.call('settings.get', {}))).toMatchObject({
      result: { theme: 'system', phones: 5 },
    });
    await tester.page.evaluate(() => window.abhaya.call('settings.set', { keepLabHost: true }));
    expect(JSON.parse(await readFile(path.join(tester.home, 'app', 'settings.json'), 'utf8'))).toMatchObject({
      keepLabHost: true,
    });
  });

  test('a lab host that is to be kept stays, is joined again, and is stopped by the app that started it', async () => {
    await tester.meshReady(2);
    const before = await host();
    await tester.reopen();
    await tester.meshReady(2);
    expect((await host())?.pid).toBe(before?.pid);
    await tester.page.evaluate(() => window.abhaya.call('lab.stop', {}));
    expect(existsSync(homeOf({}, tester.home).hostFile)).toBe(false);
    await tester.page.getByRole('button', { name: 'Start a lab host' }).waitFor();
  });
});

describe('another page', () => {
  test('is refused, in the window and in one of its own', async () => {
    const tester = await openWindow({ args: ['--phones', '0'] });
    try {
      await tester.page.evaluate(() => {
        window.open('https://example.org/');
        // Later, so that this call has returned: a page that leaves would take the answer with it.
        setTimeout(() => {
          location.href = 'https://example.org/';
        }, 50);
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const urls = await tester.app.evaluate(({ webContents }) =>
        webContents.getAllWebContents().map((it) => it.getURL()),
      );
      expect(urls).toEqual([expect.stringMatching(/^app:\/\/abhaya\/index\.html/)]);
    } finally {
      await tester.close();
    }
  });
});

describe('another lab host', () => {
  let tester: WindowTester;
  let other: LabTester;

  beforeAll(async () => {
    other = await createLabTester();
    await other.json('up', '--phones', '1', '--detach');
    tester = await openWindow({ args: ['--phones', '0'] });
  });
  afterAll(async () => {
    await tester?.close();
    await other?.close();
  });
  const add = (token: string, apiUrl: string) =>
    tester.page.evaluate((host) => window.abhaya.call('labHosts.add', host), {
      name: 'Lab 2',
      apiUrl,
      token,
    });

  test('is refused with a wrong token, or with an address that is not on loopback', async () => {
    const { host } = (await readRunningHost(homeOf({}, other.home))) ?? {};
    expect(await add('x'.repeat(64), host?.apiUrl ?? '')).toMatchObject({
      ok: false,
      error: { code: 'auth.refused' },
    });
    expect(await add('x'.repeat(64), 'http://192.0.2.1:80')).toMatchObject({
      ok: false,
      error: { code: 'input.invalid' },
    });
    expect(await tester.page.evaluate(() => window.abhaya.call('labHosts.list', {}))).toEqual({
      ok: true,
      result: { hosts: [] },
    });
  });

  test('is shown when it is chosen, without its token in the page; and the own one again', async () => {
    const { host, token } = (await readRunningHost(homeOf({}, other.home))) ?? {};
    const added = await add(token ?? '', host?.apiUrl ?? '');
    expect(JSON.stringify(added)).not.toContain(token);
    const id = added.ok ? added.result.hosts[0]?.id : undefined;
    await tester.page.evaluate((chosen) => window.abhaya.call('labHosts.choose', { id: chosen ?? '' }), id);
    await tester.page.getByText('1 of 1 phones running').waitFor();
    await tester.page.getByRole('row', { name: /VP0001/ }).waitFor();
    expect(await tester.page.evaluate(() => window.abhaya.call('lab.stop', {}))).toMatchObject({
      ok: false,
      error: { code: 'conflict' },
    });
    await tester.page.evaluate(() => window.abhaya.call('labHosts.choose', {}));
    await tester.page.getByText('No phones', { exact: true }).waitFor();
  });

  test('that is lost is looked for, not started', async () => {
    const hosts = await tester.page.evaluate(() => window.abhaya.call('labHosts.list', {}));
    const id = hosts.ok ? hosts.result.hosts[0]?.id : undefined;
    await tester.page.evaluate((chosen) => window.abhaya.call('labHosts.choose', { id: chosen ?? '' }), id);
    await tester.page.getByText('1 of 1 phones running').waitFor();
    await other.cli('down');
    await tester.page.getByText(/Looking for it again/).waitFor();
  });
});
