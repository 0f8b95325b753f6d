// Pictures of every page for the documents: both themes, two sizes, with five phones, a thumbnail and a counted text.
// `npm run screenshots` writes them to docs/screenshots.

import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { findProjectRoot } from '#lab/toolchain';
import { openWindow } from './window.tester.ts';

const root = findProjectRoot(import.meta.dirname);
const out = path.join(root, 'docs', 'screenshots');
const photograph = path.join(
  path.dirname(createRequire(import.meta.url).resolve('jpeg-exif/package.json')),
  'test',
  'IMG_0003.JPG',
);
const sizes = [
  [1280, 800],
  [1920, 1080],
] as const;

await mkdir(out, { recursive: true });
const tester = await openWindow();
try {
  await tester.meshReady(5);
  const { page } = tester;
  const client = await tester.client();
  const run = async (packageId: string, input: string, file: string) => {
    const { uploadId } = await client.upload(file);
    const { taskId } = await client.submit({ packageId, inputs: { [input]: { upload: uploadId } } });
    for (let tries = 0; tries < 600 && !(await client.task(taskId)).outputs.length; tries += 1)
      await page.waitForTimeout(100);
    return taskId;
  };
  await client.command('VP0002', { action: 'set-battery', percent: 38 });
  await client.command('VP0002', { action: 'set-charger', connected: false });
  await client.command('VP0003', { action: 'set-heat', status: 2 });
  await run('org.abhaya.wordcount', 'text', path.join(root, 'LICENSE'));
  const taskId = await run('org.abhaya.thumbnail', 'image', photograph);
  // Of the Sandbox page: an attack of this machine and one of a phone.
  for (const place of ['local', 'VP0001']) {
    await client.sandbox.startAttack({ place, runtimes: ['native'] });
    for (let tries = 0; tries < 600 && (await client.sandbox.attack()).state === 'running'; tries += 1)
      await page.waitForTimeout(200);
  }
  await page.waitForTimeout(12_000);
  const views = [
    ['fleet', '#/fleet'],
    ['phone', '#/fleet/VP0002'],
    ['mesh', `#/mesh?task=${encodeURIComponent(taskId)}`],
    ['services', '#/services'],
    ['run', '#/services/org.abhaya.thumbnail/run'],
    ['tasks', '#/tasks'],
    ['task', `#/tasks/${encodeURIComponent(taskId)}`],
    ['power', '#/power'],
    ['sandbox-attack', '#/sandbox?tab=attack'],
    ['settings', '#/settings'],
  ] as const;
  for (const theme of ['light', 'dark'] as const) {
    await page.evaluate((choice) => window.abhaya.call('settings.set', { theme: choice }), theme);
    for (const [width, height] of sizes) {
      await tester.app.evaluate(
        ({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w ?? 0, h ?? 0),
        [width, height],
      );
      for (const [name, hash] of views) {
        await page.evaluate((to) => {
          location.hash = to;
        }, hash);
        await page.mouse.move(width / 2, 4);
        await page.waitForTimeout(2_500);
        await page.screenshot({ path: path.join(out, `${name}-${theme}-${width}.png`) });
      }
    }
  }
} finally {
  await tester.close();
}
