// What a cold start (start.c) and a process that waits (spare.c) have in common.
#pragma once

#include "job.h"

// Looks at the program's ELF header and sets how much address space it gets. False with the job ended.
bool start_check_program(struct job *job, int program);
// Takes in that a process is held at the first of its last calls.
bool spare_wait(struct job *job, uint64_t deadline);
