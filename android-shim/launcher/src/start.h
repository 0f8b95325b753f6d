// What a cold start (start.c) and a process that waits (spare.c) have in common.
#pragma once

#include "job.h"
#include "program_map.h"

// Looks at the program's ELF header and sets how much address space it gets. False with the job ended. `map`, where asked
// for: how it lies in memory; without any map where only the kernel can load it.
bool start_check_program(struct job *job, int program, struct program_map *map);
