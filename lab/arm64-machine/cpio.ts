// Writes the archive that the kernel unpacks into its first root: cpio in the "newc" form
// (https://www.kernel.org/doc/html/latest/driver-api/early-userspace/buffer-format.html). Pure.

export interface CpioEntry {
  /** Without a slash in front; folders above it are made. */
  readonly path: string;
  readonly mode: number;
  readonly content: Uint8Array;
}

const FOLDER = 0o040755;
const FILE = 0o100000;
const LINK = 0o120777;
const encoder = new TextEncoder();

export const file = (path: string, content: Uint8Array | string, mode = 0o644): CpioEntry => ({
  path,
  mode: FILE | mode,
  content: typeof content === 'string' ? encoder.encode(content) : content,
});
export const folder = (path: string, mode = 0o755): CpioEntry => ({
  path,
  mode: 0o040000 | mode,
  content: new Uint8Array(),
});
export const link = (path: string, target: string): CpioEntry => ({
  path,
  mode: LINK,
  content: encoder.encode(target),
});

const padding = (length: number): Uint8Array => new Uint8Array((4 - (length % 4)) % 4);

function header(entry: CpioEntry, inode: number): Uint8Array {
  const name = encoder.encode(`${entry.path}\0`);
  // inode, mode, owner, group, links, time, size, devices (4), length of the name, checksum
  const fields = [inode, entry.mode, 0, 0, 1, 0, entry.content.length, 0, 0, 0, 0, name.length, 0];
  const numbers = fields.map((value) => value.toString(16).padStart(8, '0')).join('');
  return Buffer.concat([encoder.encode(`070701${numbers}`), name, padding(110 + name.length)]);
}

/** The archive's parts in order, not joined: some are a hundred megabytes. The same entries give the same bytes. */
export function cpioParts(entries: readonly CpioEntry[]): Uint8Array[] {
  const made = new Set<string>();
  const parts: Uint8Array[] = [];
  const add = (entry: CpioEntry) => {
    if (made.has(entry.path)) return;
    const parent = entry.path.split('/').slice(0, -1).join('/');
    if (parent !== '') add({ path: parent, mode: FOLDER, content: new Uint8Array() });
    made.add(entry.path);
    parts.push(header(entry, made.size), entry.content, padding(entry.content.length));
  };
  // Folders that are given have the say over those that follow from paths.
  for (const entry of entries) add(entry);
  const end = header({ path: 'TRAILER!!!', mode: 0, content: new Uint8Array() }, 0);
  return [...parts, end];
}
