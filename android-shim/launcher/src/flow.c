// See flow.h.
#include "flow.h"

#include <errno.h>
#include <fcntl.h>

static ssize_t move(struct flow *flow, int from, off_t *at, int to, int pipe, size_t most) {
  if (flow->copies) {
    errno = ENOTSUP;
    return -1;
  }
  if (!flow->moved) (void)fcntl(pipe, F_SETPIPE_SZ, FLOW_BYTES);
  ssize_t moved = splice(from, at, to, NULL, most < FLOW_BYTES ? most : FLOW_BYTES, SPLICE_F_NONBLOCK);
  if (moved > 0) flow->moved = true;
  // One of them is of a file system that doesn't know how, or is to be appended to.
  if (moved < 0 && errno == EINVAL && !flow->moved) {
    flow->copies = true;
    errno = ENOTSUP;
  }
  return moved;
}

ssize_t flow_in(struct flow *flow, int file, off_t at, int pipe) {
  return move(flow, file, &at, pipe, pipe, FLOW_BYTES);
}

ssize_t flow_out(struct flow *flow, int pipe, int file, size_t most) {
  return move(flow, pipe, NULL, file, pipe, most);
}
