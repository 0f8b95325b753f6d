// The archive as the kernel's document has it: every header at a multiple of four, sizes right, folders before files.

import { describe, expect, test } from 'vitest';
import { type CpioEntry, cpioParts, file, folder, link } from './cpio.ts';

/** Reads an archive back, by the document and not by the writer. */
function read(entries: readonly CpioEntry[]) {
  const archive = Buffer.concat(cpioParts(entries));
  const found: { path: string; mode: string; content: string }[] = [];
  for (let at = 0; ; ) {
    expect(at % 4).toBe(0);
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const [mode, size, length] = [field(1), field(6), field(11)];
    const name = archive.toString('utf8', at + 110, at + 110 + length);
    expect(name.endsWith('\0')).toBe(true);
    const start = (at + 110 + length + 3) & ~3;
    if (name === 'TRAILER!!!\0') return { found, rest: archive.length - start };
    const content = archive.toString('utf8', start, start + size);
    found.push({ path: name.slice(0, -1), mode: mode.toString(8), content });
    at = (start + size + 3) & ~3;
  }
}

describe('cpio', () => {
  test('holds files, folders and links, each with its mode', () => {
    const entries = [folder('tmp', 0o777), file('init', '#!', 0o755), link('bin/sh', 'mksh'), file('a', '')];
    expect(read(entries)).toEqual({
      found: [
        { path: 'tmp', mode: '40777', content: '' },
        { path: 'init', mode: '100755', content: '#!' },
        { path: 'bin', mode: '40755', content: '' },
        { path: 'bin/sh', mode: '120777', content: 'mksh' },
        { path: 'a', mode: '100644', content: '' },
      ],
      rest: 0,
    });
  });

  test.each([0, 1, 2, 3, 4, 5])('pads names and contents of every length (%i)', (length) => {
    const text = 'ä'.repeat(length);
    const { found } = read([file(`x${text}`, text), file('next', 'n')]);
    expect(found.map(({ path, content }) => [path, content])).toEqual([
      [`x${text}`, text],
      ['next', 'n'],
    ]);
  });

  test('makes a folder once, and a path that is given first wins', () => {
    const { found } = read([file('d/a', '1'), file('d/b', '2'), file('d/a', '3')]);
    expect(found.map(({ path, content }) => `${path} ${content}`)).toEqual(['d ', 'd/a 1', 'd/b 2']);
  });

  test('the same entries give the same bytes', () => {
    const once = () => Buffer.concat(cpioParts([file('a/b', 'c'), link('d', 'a/b')]));
    expect(once().equals(once())).toBe(true);
  });
});
