// A reporter for Vitest: keeps in a file which test files and tests are under way, for when the run has to be ended from
// outside and can't say it any more. Owns the file that ABHAYA_UNDER_WAY names.

import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';

export const underWayFile = 'ABHAYA_UNDER_WAY';

export default class UnderWay {
  #names = new Set();

  onTestModuleStart({ moduleId }) {
    this.#change(() => this.#names.add(relative('', moduleId)));
  }

  onTestModuleEnd({ moduleId }) {
    this.#change(() => this.#names.delete(relative('', moduleId)));
  }

  onTestCaseReady(test) {
    this.#change(() => this.#names.add(nameOf(test)));
  }

  onTestCaseResult(test) {
    this.#change(() => this.#names.delete(nameOf(test)));
  }

  #change(how) {
    how();
    const file = process.env[underWayFile];
    if (file) writeFileSync(file, [...this.#names].join('\n'));
  }
}

const nameOf = ({ module, fullName }) => `${relative('', module.moduleId)} > ${fullName}`;

/** What was under way as the file was written last, as words; the tests of a file stand for it. @param {string} file */
export function readUnderWay(file) {
  let names = [];
  try {
    names = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    // It came to no test.
  }
  const tests = names.filter((name) => !names.some((other) => other.startsWith(`${name} > `)));
  return tests.length === 0 ? 'no test was under way' : `under way: ${tests.join('; ')}`;
}
