// Runners of tests in each language, with their counts taken from what they write: Vitest's JSON, surefire's XML,
// TAP from C.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mavenFlags } from '../build/maven.mjs';
import { abisWithCompilers, compilerEnv, make } from '../build/native.mjs';
import { readUnderWay, underWayFile } from './under-way.mjs';

/** Counts of a Vitest JSON report; a file that could not even be loaded is a failure. */
export function vitestCounts(report) {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && report.success === false ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    ...(brokenFiles.length > 0 ? { note: `${brokenFiles.length} test files could not be loaded` } : {}),
  };
}

const howEnded = ({ timedOut, code }) => (timedOut ? 'a timeout' : code);

/** A test that hangs without letting its own time limit fire is ended after so many minutes, and named. */
export async function vitest(gates, project, paths = [], { minutes = 40 } = {}) {
  const folder = mkdtempSync(join(gates.root, '.cache', `vitest-${project}-`));
  const file = join(folder, 'report.json');
  const underWay = join(folder, 'under-way.txt');
  try {
    const result = await gates.tool(
      'vitest/vitest.mjs',
      [
        'run',
        '--project',
        project,
        '--reporter=default',
        '--reporter=json',
        `--reporter=${join(import.meta.dirname, 'under-way.mjs')}`,
        `--outputFile.json=${file}`,
        ...paths,
      ],
      {
        ...{ stdio: 'inherit', timeoutMs: minutes * 60_000 },
        env: { ...gates.env, [underWayFile]: underWay },
      },
    );
    if (!existsSync(file))
      throw new Error(
        `vitest ended with ${howEnded(result)} and without a report; ${readUnderWay(underWay)}`,
      );
    const counts = vitestCounts(JSON.parse(readFileSync(file, 'utf8')));
    // Unhandled errors and leaks fail the run though every test passed.
    if (result.code !== 0 && counts.failed === 0)
      return { ...counts, failed: 1, note: `vitest ended with ${result.code}` };
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sum of the attributes of surefire's `<testsuite …>` headers. */
export function surefireCounts(texts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const text of texts) {
    const [, header] = /<testsuite\s([^>]*)>/.exec(text) ?? [];
    const number = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(header ?? '')?.[1] ?? Number.NaN);
    const [tests, failures, errors, skipped] = ['tests', 'failures', 'errors', 'skipped'].map(number);
    if ([tests, failures, errors, skipped].some(Number.isNaN))
      throw new Error('a surefire report can’t be read');
    total.failed += failures + errors;
    total.skipped += skipped;
    total.passed += tests - failures - errors - skipped;
  }
  return total;
}

/** Both Kotlin parts in one run of Maven. */
export async function kotlin(gates, tools) {
  const folder = join(gates.root, 'android-shim');
  const reports = ['supervisor', 'apk'].map((part) => join(folder, part, 'target', 'surefire-reports'));
  for (const place of reports) rmSync(place, { recursive: true, force: true });
  const result = await gates.program(
    tools.mvn,
    [...mavenFlags.filter((flag) => flag !== '-q'), '--no-transfer-progress', '-Dstyle.color=never', 'test'],
    {
      cwd: folder,
      timeoutMs: 20 * 60_000,
    },
  );
  const texts = reports
    .filter((place) => existsSync(place))
    .flatMap((place) =>
      readdirSync(place)
        .filter((name) => name.endsWith('.xml'))
        .map((name) => readFileSync(join(place, name), 'utf8')),
    );
  const counts = surefireCounts(texts);
  if (result.code !== 0) {
    process.stdout.write(`kotlin:\n${result.stdout.split('\n').slice(-80).join('\n')}\n${result.stderr}\n`);
    if (counts.failed === 0) return { ...counts, failed: 1, note: `Maven ended with ${howEnded(result)}` };
  }
  return counts;
}

/** Test Anything Protocol: `ok`, `not ok`, `# SKIP`; or a closing line `N passed, N failed` where there is no TAP. */
export function tapCounts(text) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const line of text.split('\n')) {
    const [, not, rest] = /^\s*(not )?ok\b(.*)$/.exec(line) ?? [];
    if (rest === undefined) continue;
    if (/#\s*(?:skip|todo)/i.test(rest)) counts.skipped += 1;
    else counts[not ? 'failed' : 'passed'] += 1;
  }
  if (counts.passed + counts.failed + counts.skipped > 0) return counts;
  for (const [, passed, failed] of text.matchAll(
    /^.*?(\d+) (?:checks? |tests? )?passed, (\d+) failed\s*$/gm,
  )) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
  }
  return counts;
}

/** Every folder of C with a Makefile that has a `test` target. */
export function cFolders(root) {
  const services = existsSync(join(root, 'services'))
    ? readdirSync(join(root, 'services')).map((name) => `services/${name}`)
    : [];
  return [
    'android-shim/launcher',
    'android-shim/conformance',
    'lab/virtual-phone/native',
    ...services,
  ].filter((folder) => {
    const makefile = join(root, folder, 'Makefile');
    return existsSync(makefile) && /^test:/m.test(readFileSync(makefile, 'utf8'));
  });
}

export async function cTests(gates, tools, folder) {
  const result = await gates.program(tools.make, ['--no-print-directory', '-C', folder, 'test'], {
    env: compilerEnv(tools, 'cc', gates.env).env,
    timeoutMs: 15 * 60_000,
  });
  const text = result.stdout + result.stderr;
  const counts = tapCounts(text);
  if (result.code !== 0) {
    process.stdout.write(`${folder}:\n${text.split('\n').slice(-60).join('\n')}\n`);
    if (counts.failed === 0)
      return { ...counts, failed: 1, note: `make test ended with ${howEnded(result)}` };
  }
  return counts;
}

/** The launcher's unit tests for ARM, to be run in the arm64 machine. */
async function makeArmTests(gates, tools) {
  const launcher = 'android-shim/launcher';
  const ctx = { root: gates.root, env: gates.env, signal: gates.signal };
  for (const [abi, key] of abisWithCompilers(tools).filter(([abi]) => abi !== 'x86_64')) {
    // Of an earlier run there may be tests that are gone now.
    rmSync(join(gates.root, launcher, 'build', abi, 'tests'), { recursive: true, force: true });
    await make(ctx, tools, key, launcher, [`OUT=build/${abi}`, 'elsewhere']);
  }
}

/**
 * Attacks and unit tests inside the arm64 machine, one by one; a machine that says nothing has failed. It bounds its own
 * parts (android-shim/conformance/arm64/parts.ts); the bound here is for when that fails.
 */
export async function arm64(gates, tools, { options = [], minutes = 25 } = {}) {
  const folder = mkdtempSync(join(gates.root, '.cache', 'arm64-report-'));
  const file = join(folder, 'report.json');
  try {
    await makeArmTests(gates, tools);
    const main = join(gates.root, 'android-shim', 'conformance', 'arm64', 'main.ts');
    const args = ['--disable-warning=ExperimentalWarning', main, '--json', file, ...options];
    const result = await gates.program(gates.node, args, { stdio: 'inherit', timeoutMs: minutes * 60_000 });
    if (!existsSync(file)) throw new Error(`it ended with ${howEnded(result)} and without a report`);
    const { attacks } = JSON.parse(readFileSync(file, 'utf8'));
    const failed = attacks.filter(({ problem }) => problem !== undefined).length;
    return { passed: attacks.length - failed, failed: failed === 0 && result.code !== 0 ? 1 : failed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
