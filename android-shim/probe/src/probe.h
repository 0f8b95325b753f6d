// See main.c.
#pragma once

int work_main(void);
// [--filter] [--input FILE] [--output FILE] PROGRAM [ARGUMENT]...
int clock_main(int argc, char **argv);
