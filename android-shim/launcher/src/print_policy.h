// The published table, as JSON: {runtime, arch, allowed, reasons, checks, errno:[{name, errno, why}]}.
#pragma once

#include <stdio.h>

#include "policy.h"

// 0, or 1 when the stream is broken.
int print_policy(const struct policy *policy, FILE *out);
