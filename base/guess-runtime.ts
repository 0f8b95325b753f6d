// Which runtime a file is for: by its first bytes, where they say so, else by its name. Pure.

/** As the sandbox names them. */
type Runtime = 'native' | 'go' | 'nodejs' | 'wasm' | 'jvm' | 'python';

const startsWith = (head: Uint8Array, bytes: readonly number[]): boolean =>
  bytes.every((byte, at) => head[at] === byte);

const magics: readonly (readonly [bytes: readonly number[], runtime: Runtime])[] = [
  [[0x7f, 0x45, 0x4c, 0x46], 'native'], // \x7fELF
  [[0x00, 0x61, 0x73, 0x6d], 'wasm'], // \0asm
];

const endings: readonly (readonly [ending: RegExp, runtime: Runtime])[] = [
  [/\.[cm]?[jt]s$/i, 'nodejs'],
  [/\.jar$/i, 'jvm'],
  [/\.py$/i, 'python'],
  [/\.wasm$/i, 'wasm'],
];

const interpreters: readonly (readonly [line: RegExp, runtime: Runtime])[] = [
  [/\bnode\b/, 'nodejs'],
  [/\bpython3?\b/, 'python'],
];

/** The note of Go's linker: four bytes of name, `Go`, type 4, its build's id. */
const goNote: readonly number[] = [0x04, 0, 0, 0, 0x47, 0x6f, 0, 0];

/** The window has no Buffer. */
function includes(head: Uint8Array, bytes: readonly number[]): boolean {
  for (let at = head.indexOf(bytes[0] ?? 0); at >= 0; at = head.indexOf(bytes[0] ?? 0, at + 1))
    if (bytes.every((byte, n) => head[at + n] === byte)) return true;
  return false;
}

/** `head`: the file's first 4 kB, or what there is. Undefined: it can't be told. */
export function guessRuntime(name: string, head: Uint8Array): Runtime | undefined {
  for (const [bytes, runtime] of magics)
    if (startsWith(head, bytes)) return runtime === 'native' && includes(head, goNote) ? 'go' : runtime;
  for (const [ending, runtime] of endings) if (ending.test(name)) return runtime;
  if (startsWith(head, [0x23, 0x21])) {
    const [line = ''] = new TextDecoder('latin1').decode(head.subarray(0, 256)).split('\n');
    for (const [pattern, runtime] of interpreters) if (pattern.test(line)) return runtime;
  }
  return undefined;
}
