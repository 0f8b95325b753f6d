// The packed app as a tar.gz and as a Debian package, by the system's own programs.

import { chmodSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { electronLibraries } from '../setup/app-catalog.mjs';
import { SetupError } from '../setup/errors.mjs';
import { run } from '../setup/run.mjs';

const debianArch = { x64: 'amd64', arm64: 'arm64' }[process.arch];

async function call(ctx, command, args, cwd) {
  const result = await run(command, args, { cwd, env: ctx.env, signal: ctx.signal, timeoutMs: 10 * 60_000 });
  if (result.code !== 0) throw new SetupError(`${command} failed: ${result.stderr.trim().slice(-1_000)}`);
}

export async function makeTar(ctx, { app, out, about }) {
  const file = join(out, `abhaya-lab-${about.version}-linux-${process.arch}.tar.gz`);
  await call(
    ctx,
    'tar',
    ['-czf', file, `--transform=s,^${basename(app)},abhaya-lab-${about.version},`, basename(app)],
    dirname(app),
  );
  return file;
}

/** Depends on the libraries that set-up would unpack, by either of their names. */
const dependencies = () => {
  const [newer, older] = electronLibraries.packages;
  return newer.map((name, at) => (name === older[at] ? name : `${name} | ${older[at]}`)).join(', ');
};

export async function makeDeb(ctx, { app, out, about }) {
  const tree = join(out, 'deb');
  rmSync(tree, { recursive: true, force: true });
  const home = join(tree, 'opt', 'abhaya-lab');
  cpSync(app, home, { recursive: true, verbatimSymlinks: true });
  // Chromium's sandbox helper, for kernels that refuse user namespaces to it.
  chmodSync(join(home, 'chrome-sandbox'), 0o4755);
  mkdirSync(join(tree, 'usr', 'bin'), { recursive: true });
  symlinkSync('/opt/abhaya-lab/abhaya-lab', join(tree, 'usr', 'bin', 'abhaya-lab'));
  mkdirSync(join(tree, 'usr', 'share', 'applications'), { recursive: true });
  writeFileSync(
    join(tree, 'usr', 'share', 'applications', 'abhaya-lab.desktop'),
    '[Desktop Entry]\nType=Application\nName=Abhaya Lab\nComment=Control center for fleets of phones that compute together\nExec=/opt/abhaya-lab/abhaya-lab %U\nCategories=Development;\nTerminal=false\n',
  );
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  writeFileSync(
    join(tree, 'DEBIAN', 'control'),
    [
      'Package: abhaya-lab',
      `Version: ${about.version}`,
      `Architecture: ${debianArch}`,
      'Maintainer: Abhaya Lab <noreply@abhaya.invalid>',
      'Section: devel',
      'Priority: optional',
      `Depends: ${dependencies()}`,
      'Recommends: default-jre-headless',
      `Description: ${about.description}`,
      '',
    ].join('\n'),
  );
  const file = join(out, `abhaya-lab_${about.version}_${debianArch}.deb`);
  await call(ctx, 'dpkg-deb', ['--root-owner-group', '-Zzstd', '-z3', '--build', tree, file], out);
  rmSync(tree, { recursive: true, force: true });
  return file;
}
