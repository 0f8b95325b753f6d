// The table of policy.h for JavaScript on Node.js (V8, just-in-time compiler on). The filter is the narrow one from the
// first instruction on; `node_starts` is what the launcher lets through besides, until the lock, while only our code runs.
#pragma once

#include "node_calls.h"

static const struct allowed_call nodejs_allowed[] = {
    PLAIN(read, "takes the input pipe's bytes, and what the event loop's eventfd holds"),
    PLAIN(write, "gives bytes to the output pipe; wakes the event loop by its eventfd"),
    PLAIN(rt_sigreturn, "the end of a signal handler"),
    NODE_ALLOWED,
};
_Static_assert(sizeof nodejs_allowed / sizeof *nodejs_allowed <= ALLOWED_MAX, "spec 03 allows at most 12 calls");
