// Bytes from a file into a pipe, and from a pipe into a file, that we never hold ourselves: the kernel moves them (splice),
// in a pipe that is made wider for it. For what is long; a short input or output is copied, which nobody can do quicker.
// The sandbox lab's clock pumps by the same functions, so that what is compared differs in the sandbox only.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

// The most that is moved at once: a pipe's width. 28 services with two of these are well below what Linux gives a user
// without privileges (64 MB); where it gives no more, the pipe stays as it is.
enum { FLOW_BYTES = 262144 };

struct flow {
  bool moved;  // something was
  bool copies; // these two can't be spliced, which is found out before anything was moved
};

// Our end of the pipe does not block. Both answer how many bytes were moved, 0 at the end, -1 with errno: EAGAIN where the
// pipe is full or empty, ENOTSUP once `copies` is set, and nothing was moved.
// Into a pipe whose reader can't write: kernels 5.8 to 5.16 take what is written behind a spliced page for that page's
// own (CVE-2022-0847). So we don't write either, once a byte was spliced.
ssize_t flow_in(struct flow *flow, int file, off_t at, int pipe);
ssize_t flow_out(struct flow *flow, int pipe, int file, size_t most);
