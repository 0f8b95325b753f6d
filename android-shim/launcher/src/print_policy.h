// What a runtime may ask of the kernel, as JSON: {runtime, arch, allowed, observed, reasons, checks, errno:[{name, errno,
// why}], start?, filter}. `allowed` is read off the filter that a service of the default memory gets (walk_filter.h), not
// off the table; `observed` are those of it that the filter shows to the launcher, which measures and lets them go on.
#pragma once

#include <stdio.h>

#include "policy.h"

// The length checks in the printed filter are those of a service with so much memory.
enum { POLICY_MEMORY = 64 << 20 };

// 0, or 1 when the stream is broken.
int print_policy(const struct policy *policy, FILE *out);
