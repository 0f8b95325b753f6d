// What the service asks of WASI: its pipes, and words for its end.

// @ts-expect-error: a decorator of AssemblyScript
@external('wasi_snapshot_preview1', 'fd_read')
declare function fd_read(fd: i32, vectors: usize, count: i32, read: usize): i32;
// @ts-expect-error: a decorator of AssemblyScript
@external('wasi_snapshot_preview1', 'fd_write')
declare function fd_write(fd: i32, vectors: usize, count: i32, written: usize): i32;
// @ts-expect-error: a decorator of AssemblyScript
@external('wasi_snapshot_preview1', 'proc_exit')
declare function proc_exit(code: i32): void;

/** A vector, and how many bytes were moved. */
const vector = memory.data(12);

/** Fills the block from its beginning; 0 at the end of the input. */
export function read(block: StaticArray<u8>): i32 {
  store<usize>(vector, changetype<usize>(block));
  store<i32>(vector, block.length, 4);
  if (fd_read(0, vector, 1, vector + 8) != 0) fail('the input can not be read');
  return load<i32>(vector, 8);
}

/** Ends the service: the words stand in its report. */
export function fail(words: string): void {
  say(words);
  proc_exit(1);
}

/** In place of AssemblyScript's own: the message, without the place in the code. */
export function wasiAbort(message: string | null, _file: string | null, _line: u32, _column: u32): void {
  if (message !== null) say(message);
  unreachable();
}

/** False where not all could be written. */
export function send(fd: i32, at: usize, left: i32): bool {
  while (left > 0) {
    store<usize>(vector, at);
    store<i32>(vector, left, 4);
    if (fd_write(fd, vector, 1, vector + 8) != 0) return false;
    const written = load<i32>(vector, 8);
    at += written;
    left -= written;
  }
  return true;
}

function say(words: string): void {
  const bytes = String.UTF8.encode(words);
  send(2, changetype<usize>(bytes), bytes.byteLength);
}
