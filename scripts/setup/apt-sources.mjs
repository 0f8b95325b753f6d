// The distribution's own sources out of the user's apt configuration. Third-party ones are left out: we need
// nothing from them, and one that is down would stop us.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

function codenames(etc) {
  const text = read(join(etc, 'os-release')) || read('/usr/lib/os-release');
  const [, codename] = /^VERSION_CODENAME="?([\w.-]+)/m.exec(text) ?? [];
  return new Set([codename, 'stable', 'testing', 'unstable', 'sid'].filter(Boolean));
}

const isOurs = (suite, names) => {
  const base = suite.replace(/\/updates$/, '').replace(/-(?:updates|security)$/, '');
  return names.has(base);
};

/** One-line style: `deb [options] uri suite components`. */
function fromList(text, names) {
  return text.split('\n').filter((line) => {
    const [, suite, components] = /^\s*deb\s+(?:\[[^\]]*\]\s+)?\S+\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    return suite !== undefined && isOurs(suite, names) && /(?:^|\s)main(?:\s|$)/.test(components);
  });
}

/** deb822 style: stanzas with Types, URIs, Suites, Components; comment lines go. */
function fromStanzas(text, names) {
  const stanzas = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split(/\n\s*\n/);
  return stanzas.flatMap((stanza) => {
    const field = (name) =>
      (new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(stanza)?.[1] ?? '').trim().split(/\s+/);
    const suites = field('Suites').filter((suite) => isOurs(suite, names));
    const off = /^Enabled:\s*no/im.test(stanza);
    if (
      off ||
      suites.length === 0 ||
      !field('Types').includes('deb') ||
      !field('Components').includes('main')
    )
      return [];
    return [
      stanza
        .replace(/^Types:.*$/im, 'Types: deb')
        .replace(/^Suites:.*$/im, `Suites: ${suites.join(' ')}`)
        .trim(),
    ];
  });
}

/** @returns {{name: string, text: string}[]} files for a private sources.list.d */
export function aptSources(etc = '/etc') {
  const names = codenames(etc);
  const apt = join(etc, 'apt');
  const parts = join(apt, 'sources.list.d');
  const files = existsSync(parts) ? readdirSync(parts).sort() : [];
  const lines = fromList(read(join(apt, 'sources.list')), names);
  const stanzas = [];
  for (const file of files) {
    if (file.endsWith('.list')) lines.push(...fromList(read(join(parts, file)), names));
    else if (file.endsWith('.sources')) stanzas.push(...fromStanzas(read(join(parts, file)), names));
  }
  return [
    ...(lines.length > 0 ? [{ name: 'system.list', text: `${lines.join('\n')}\n` }] : []),
    ...(stanzas.length > 0 ? [{ name: 'system.sources', text: `${stanzas.join('\n\n')}\n` }] : []),
  ];
}
