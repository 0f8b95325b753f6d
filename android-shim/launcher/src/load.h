// The process that waits for a native program: started ahead, locked as any service is, and nothing but this code in it.
#pragma once

// Where the launcher puts the program's file, for as long as it is being mapped.
enum { DESCRIPTOR_PROGRAM = 4 };
// The launcher's first argument to itself for this.
#define LOAD_NAME "load"

// Reads a program_map from the input pipe, maps what it says, closes the file, and becomes the program. Never returns.
_Noreturn void load_main(char **environment);
