// `getprop` without arguments: `[name]: [value]` lines; a value may span lines and hold brackets.

/** Pure; unknown lines are skipped. At most 10,000 properties are kept. */
export function parseGetprop(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const pattern = /^\[([^\]\r\n]+)\]: \[([\s\S]*?)\]\r?(?=\n\[|\n*$)/gm;
  for (const [, name = '', value = ''] of text.matchAll(pattern)) {
    if (found.size >= 10_000) break;
    found.set(name, value.replaceAll('\r\n', '\n'));
  }
  return found;
}
