// WASI preview 1 for one module: the input pipe is 0, the output pipe 1, last words 2; clocks, sleep and random bytes.
// There is nothing else: no path, no socket, no argument but the name. Part of the launcher, in front of bootstrap.js.
//
// Our own, since the libraries that are kept (@bjorn3/browser_wasi_shim, @wasmer/wasi, uvwasi in node:wasi) bring file
// systems that we would have to take out again, copy every buffer, wait by spinning, or throw where an address is wrong.

{
  const SUCCESS = 0;
  const BADF = 8;
  const FAULT = 21;
  const INVAL = 28;
  const IO = 29;
  const NOSYS = 52;
  const SPIPE = 70;

  const NAME = 'service';
  const CLOCK = 0;
  const ABSOLUTE = 1;
  const [SUBSCRIPTION_BYTES, EVENT_BYTES] = [48, 32];
  const READ_RIGHTS = (1n << 1n) | (1n << 21n) | (1n << 27n);
  const WRITE_RIGHTS = (1n << 6n) | (1n << 21n) | (1n << 27n);

  /**
   * `host`: read(view) and write(view) answer how many bytes, say(view) takes last words, random(view) fills, now(clock)
   * is nanoseconds or undefined, sleep(milliseconds), exit(code) never comes back.
   * Answers the imports, and `attach(memory)` for the time when there is one: until then every address is wrong.
   */
  const createWasi = (host) => {
    let memory = { buffer: new ArrayBuffer(0) };
    let data = new DataView(memory.buffer);
    let bytes = new Uint8Array(memory.buffer);
    const open = [true, true, true];

    const u32 = (at) => data.getUint32(at >>> 0, true);
    const put32 = (at, value) => data.setUint32(at >>> 0, value, true);
    const put64 = (at, value) => data.setBigUint64(at >>> 0, value, true);
    /** A range that is inside the memory; subarray() would cut it silently. */
    const range = (at, length) => {
      const [start, size] = [at >>> 0, length >>> 0];
      if (start + size > bytes.length) throw new RangeError('outside the memory');
      return bytes.subarray(start, start + size);
    };
    const isOpen = (fd) => open[fd >>> 0] === true;
    const onPipes = (error) => (fd) => (isOpen(fd) ? error : BADF);

    /** Takes (buffer, length) pairs until `move` is short; the sum goes to `total`. */
    const vectors = (list, count, total, move) => {
      range(list, Math.min((count >>> 0) * 8, 0xffff_ffff));
      range(total, 4);
      let sum = 0;
      for (let i = 0; i < count >>> 0; i++) {
        const part = range(u32((list >>> 0) + 8 * i), u32((list >>> 0) + 8 * i + 4));
        if (part.length === 0) continue;
        const moved = move(part);
        sum += moved;
        if (moved < part.length) break;
      }
      put32(total, sum);
      return SUCCESS;
    };

    const poll = (list, events, count, total) => {
      const subscriptions = [];
      const size = count >>> 0;
      if (size === 0) return INVAL;
      range(list, Math.min(size * SUBSCRIPTION_BYTES, 0xffff_ffff));
      range(events, Math.min(size * EVENT_BYTES, 0xffff_ffff));
      let ready = false;
      let wait = Number.POSITIVE_INFINITY;
      for (let i = 0; i < size; i++) {
        const at = (list >>> 0) + i * SUBSCRIPTION_BYTES;
        const [user, kind] = [data.getBigUint64(at, true), data.getUint8(at + 8)];
        const one = { user, kind, error: SUCCESS, left: 0 };
        subscriptions.push(one);
        if (kind !== CLOCK) {
          // The pipes are a file's bytes: what has to be waited for, reading and writing wait for.
          if (!isOpen(u32(at + 16))) one.error = BADF;
        } else {
          const now = host.now(u32(at + 16));
          const timeout = data.getBigUint64(at + 24, true);
          if (now === undefined) one.error = INVAL;
          else {
            const left = data.getUint16(at + 40, true) & ABSOLUTE ? timeout - now : timeout;
            one.left = left > 0n ? Number(left) : 0;
          }
        }
        if (one.left === 0) ready = true;
        wait = Math.min(wait, one.left);
      }
      if (!ready) host.sleep(wait / 1e6);
      let told = 0;
      for (const { user, kind, error, left } of subscriptions) {
        if (left > wait) continue;
        const at = (events >>> 0) + told++ * EVENT_BYTES;
        bytes.fill(0, at, at + EVENT_BYTES);
        put64(at, user);
        data.setUint16(at + 8, error, true);
        data.setUint8(at + 10, kind);
        if (kind !== CLOCK && error === SUCCESS) put64(at + 16, 1n);
      }
      put32(total, told);
      return SUCCESS;
    };

    const calls = {
      args_sizes_get(count, size) {
        put32(count, 1);
        put32(size, NAME.length + 1);
        return SUCCESS;
      },
      args_get(list, text) {
        const target = range(text, NAME.length + 1);
        put32(list, text >>> 0);
        for (let i = 0; i < NAME.length; i++) target[i] = NAME.charCodeAt(i);
        target[NAME.length] = 0;
        return SUCCESS;
      },
      environ_sizes_get(count, size) {
        put32(count, 0);
        put32(size, 0);
        return SUCCESS;
      },
      environ_get: () => SUCCESS,
      clock_res_get(clock, at) {
        if (host.now(clock >>> 0) === undefined) return INVAL;
        put64(at, clock === 0 ? 1_000_000n : 1n);
        return SUCCESS;
      },
      clock_time_get(clock, _precision, at) {
        const now = host.now(clock >>> 0);
        if (now === undefined) return INVAL;
        put64(at, now);
        return SUCCESS;
      },
      random_get(at, length) {
        host.random(range(at, length));
        return SUCCESS;
      },
      poll_oneoff: poll,
      sched_yield: () => SUCCESS,
      proc_exit(code) {
        host.exit(code >>> 0);
      },

      fd_read(fd, list, count, total) {
        if (fd !== 0 || !open[0]) return BADF;
        return vectors(list, count, total, host.read);
      },
      fd_write(fd, list, count, total) {
        if (fd === 1 && open[1]) return vectors(list, count, total, host.write);
        if (fd === 2 && open[2])
          return vectors(list, count, total, (view) => {
            host.say(view);
            return view.length;
          });
        return BADF;
      },
      fd_close(fd) {
        if (!isOpen(fd)) return BADF;
        open[fd] = false;
        return SUCCESS;
      },
      fd_fdstat_get(fd, at) {
        if (!isOpen(fd)) return BADF;
        // Of an unknown type, as pipes are: no terminal, so that programs keep their output together.
        range(at, 24).fill(0);
        put64((at >>> 0) + 8, fd === 0 ? READ_RIGHTS : WRITE_RIGHTS);
        return SUCCESS;
      },
      fd_fdstat_set_flags: (fd, flags) => (!isOpen(fd) ? BADF : flags === 0 ? SUCCESS : NOSYS),
      fd_filestat_get(fd, at) {
        if (!isOpen(fd)) return BADF;
        range(at, 64).fill(0);
        return SUCCESS;
      },
      fd_seek: onPipes(SPIPE),
      fd_tell: onPipes(SPIPE),
      fd_pread: onPipes(SPIPE),
      fd_pwrite: onPipes(SPIPE),
      fd_sync: onPipes(INVAL),
      fd_datasync: onPipes(INVAL),
      // Nothing is opened beforehand: this ends the search of every libc.
      fd_prestat_get: () => BADF,
      fd_prestat_dir_name: () => BADF,
    };
    for (const name of [
      ...[
        'fd_advise',
        'fd_allocate',
        'fd_fdstat_set_rights',
        'fd_filestat_set_size',
        'fd_filestat_set_times',
      ],
      ...['fd_readdir', 'fd_renumber', 'sock_accept', 'sock_recv', 'sock_send', 'sock_shutdown'],
      ...['path_create_directory', 'path_filestat_get', 'path_filestat_set_times', 'path_link', 'path_open'],
      ...['path_readlink', 'path_remove_directory', 'path_rename', 'path_unlink_file'],
    ])
      calls[name] = onPipes(NOSYS);
    calls.path_symlink = (_path, _length, fd) => onPipes(NOSYS)(fd);
    calls.proc_raise = () => NOSYS;

    // A module may import these with any types, and give any address: whatever goes wrong is an answer.
    const guarded = (call) => (a, b, c, d) => {
      try {
        // Growing takes the old buffer away.
        if (data.buffer !== memory.buffer) {
          data = new DataView(memory.buffer);
          bytes = new Uint8Array(memory.buffer);
        }
        return call(a, b, c, d);
      } catch (error) {
        return error?.syscall === undefined ? FAULT : IO;
      }
    };
    const imports = Object.create(null);
    for (const [name, call] of Object.entries(calls)) imports[name] = guarded(call);
    return {
      imports,
      attach(exported) {
        memory = exported;
      },
    };
  };
  module.exports = { createWasi };
}
