// The names of services that a host may open. Source: AOSP packages/modules/adb/SERVICES.TXT, daemon/services.cpp.

export type Service =
  | {
      readonly kind: 'shell';
      readonly command: string;
      readonly v2: boolean;
      readonly pty: boolean;
      readonly term: string;
    }
  | { readonly kind: 'exec'; readonly command: string }
  | { readonly kind: 'sync' }
  | { readonly kind: 'tcp'; readonly port: number; readonly host: string }
  | { readonly kind: 'reverse'; readonly request: string }
  | { readonly kind: 'reboot'; readonly mode: string }
  /** A service that a user build answers with a sentence and closes. */
  | { readonly kind: 'sentence'; readonly text: string }
  | { readonly kind: 'unknown' };

const sentences: Readonly<Record<string, string>> = {
  'root:': 'adbd cannot run as root in production builds\n',
  'unroot:': 'adbd not running as root\n',
  'remount:': 'remount: not running as root\n',
  'disable-verity:': 'verity cannot be disabled/enabled - USER build\n',
  'enable-verity:': 'verity cannot be disabled/enabled - USER build\n',
};

export function parseService(name: string): Service {
  const sentence = Object.hasOwn(sentences, name) ? sentences[name] : undefined;
  if (sentence !== undefined) return { kind: 'sentence', text: sentence };
  if (name === 'sync:') return { kind: 'sync' };
  if (name.startsWith('exec:')) return { kind: 'exec', command: name.slice(5) };
  if (name.startsWith('reverse:')) return { kind: 'reverse', request: name.slice(8) };
  if (name.startsWith('reboot:')) return { kind: 'reboot', mode: name.slice(7) };
  const tcp = /^tcp:(\d{1,5})(?::([\w.:-]{1,253}))?$/.exec(name);
  if (tcp) {
    const port = Number(tcp[1]);
    return port > 0 && port < 65_536
      ? { kind: 'tcp', port, host: tcp[2] ?? '127.0.0.1' }
      : { kind: 'unknown' };
  }
  return parseShell(name);
}

/** `shell[,arg...]:command`; the arguments are v2, raw, pty and TERM=name. */
function parseShell(name: string): Service {
  const colon = name.indexOf(':');
  const [kind, ...args] = colon < 0 ? [] : name.slice(0, colon).split(',');
  if (kind !== 'shell') return { kind: 'unknown' };
  const command = name.slice(colon + 1);
  const term = args.find((arg) => arg.startsWith('TERM='))?.slice(5) ?? '';
  return {
    kind: 'shell',
    command,
    v2: args.includes('v2'),
    pty: args.includes('pty') || (!args.includes('raw') && command === ''),
    term: /^[\w.+-]{1,64}$/.test(term) ? term : 'dumb',
  };
}
