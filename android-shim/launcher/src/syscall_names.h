// Names of system calls by number, made by the Makefile from the kernel headers of the target.
#pragma once

// NULL when unknown.
const char *native_syscall_name(int number);
// Names of the 32-bit entry (int 0x80) on x86-64; NULL elsewhere.
const char *foreign_syscall_name(int number);
