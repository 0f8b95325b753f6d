// A phone's address as it is typed. Pure; the lab host judges it again.

const shape = /^[\w.-]{1,253}(?::(\d{1,5}))?$/;

/** What is wrong with it, in words; undefined when it can be tried. */
export function addressProblem(text: string): string | undefined {
  const match = shape.exec(text.trim());
  if (!match) return 'An address like 192.168.1.20:5555, or a name';
  const port = match[1] === undefined ? 5555 : Number(match[1]);
  return port >= 1 && port <= 65_535 ? undefined : 'A port is from 1 to 65535';
}
