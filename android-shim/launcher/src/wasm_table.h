// The table of policy.h for WebAssembly on V8: that of JavaScript without what signals need. The module runs from its first
// to its last instruction inside one call of our bootstrap; only V8's helper comes back to an event loop.
#pragma once

#include "node_calls.h"

static const struct allowed_call wasm_allowed[] = {
    PLAIN(read, "takes the input pipe's bytes; what a helper's eventfd holds"),
    PLAIN(write, "gives bytes to the output pipe; wakes a helper by its eventfd"),
    NODE_ALLOWED,
};
_Static_assert(sizeof wasm_allowed / sizeof *wasm_allowed <= ALLOWED_MAX, "spec 03 allows at most 12 calls");
