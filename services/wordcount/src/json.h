// The result as JSON: {"lines","words","bytes","top":[{"word","count"}]}, and "approximate":true where it is.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "counter.h"

// A byte of a kept word may become six characters.
enum { JSON_MAX = 256 + TOP_WORDS * (WORD_KEPT * 6 + 48) };

// Writes at most JSON_MAX bytes; answers how many.
size_t write_json(const struct counter *c, char out[JSON_MAX]);
