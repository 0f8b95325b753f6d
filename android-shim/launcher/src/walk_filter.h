// What an installed filter really answers, found by following every way through its program. Pure. Reads only what such
// filters are made of; anything else counts as WALK_OTHER, so that a program that isn't understood looks wrong.
#pragma once

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum walk_answer {
  WALK_ALLOW = 1,  // the kernel does it
  WALK_NOTIFY = 2, // the launcher is asked, as a listener or a tracer
  WALK_OTHER = 4,  // killed, trapped, logged, an errno; or not understood
};

// All answers that the call with this number can get, whatever its arguments are: a set of walk_answer.
unsigned walk_filter(const struct sock_filter *filter, size_t count, uint32_t arch, uint32_t number);

// The program says something about this number; any other gets what the numbers beside it get.
typedef void (*number_visitor)(uint32_t number, void *context);
// Every number at which the answer could change: those compared with, their neighbours, and all of the tables.
void visit_numbers(const struct sock_filter *filter, size_t count, number_visitor visit, void *context);

// JSON: {"instructions":N,"allows":[{"name","always"}],"others":[names],"foreign":"asked"|"allowed","program":hex}.
// `always` is false where arguments are checked. `others` are numbers with another answer than ALLOW or NOTIFY: none, in a
// filter of ours. `foreign`: what a call by another architecture's entry gets.
void print_walk(const struct sock_filter *filter, size_t count, uint32_t arch, FILE *out);
