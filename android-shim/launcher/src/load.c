// See load.h. What runs here is held by the filter of a native service. Mapping the file and closing it are not among that
// one's calls: the launcher lets each of them through once, as program_map says. Nothing here looks at the program's bytes.
#include "load.h"

#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jump.h"
#include "program_map.h"

enum { FAILED = 127, AUXILIARY_MAX = 48, RANDOM_BYTES = 16 };
typedef ElfW(auxv_t) auxiliary;

static _Noreturn void give_up(void) {
  for (;;) syscall(SYS_exit_group, FAILED);
}

static void read_map(struct program_map *map) {
  for (size_t done = 0; done < sizeof *map;) {
    ssize_t length = read(STDIN_FILENO, (char *)map + done, sizeof *map - done);
    if (length <= 0) give_up();
    done += (size_t)length;
  }
}

static void *at(uintptr_t base, uint64_t address) { return (void *)(base + (uintptr_t)address); }

// Room for all of a program that can be anywhere, so that its parts lie as they must; 0 for one that can't.
static uintptr_t choose_base(const struct program_map *map) {
  if (map->independent == 0) return 0;
  size_t length = (size_t)(map->length + 2 * map->alignment);
  void *room = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) give_up();
  uintptr_t mask = map->alignment == 0 ? 0 : (uintptr_t)map->alignment - 1;
  return (((uintptr_t)room + mask) & ~mask) - (uintptr_t)(map->start & ~(uint64_t)mask);
}

static void map_file(const struct program_map *map, uintptr_t base) {
  int how = MAP_PRIVATE | (map->independent == 0 ? MAP_FIXED_NOREPLACE : MAP_FIXED);
  for (size_t i = 0; i < map->map_count; i++) {
    const struct memory_part *part = &map->maps[i];
    void *wanted = at(base, part->address);
    void *got = mmap(wanted, (size_t)part->length, (int)part->rights, how, DESCRIPTOR_PROGRAM, (off_t)part->offset);
    if (got != wanted) give_up();
  }
}

// A hint, not MAP_FIXED, where nothing of ours is: the filter knows that one only.
static void make_room(const struct program_map *map, uintptr_t base, size_t i) {
  int how = MAP_PRIVATE | MAP_ANONYMOUS | (map->independent == 0 ? 0 : MAP_FIXED);
  void *wanted = at(base, map->ends[i].room);
  if (mmap(wanted, (size_t)map->ends[i].room_length, PROT_READ | PROT_WRITE, how, -1, 0) != wanted) give_up();
}

static void set_rights(const struct program_map *map, uintptr_t base) {
  for (size_t i = 0; i < map->change_count; i++) {
    const struct memory_part *part = &map->changes[i];
    bool code = (part->rights & RIGHT_EXECUTE) != 0;
    if (part->length > 0 && !code && mprotect(at(base, part->address), (size_t)part->length, (int)part->rights) != 0)
      give_up();
    if (map->ends[i].zero_length > 0) memset(at(base, map->ends[i].zero), 0, (size_t)map->ends[i].zero_length);
    if (map->ends[i].room_length > 0) make_room(map, base, i);
  }
}

// What the kernel told us of this process, but for what is of the program.
static size_t copy_auxiliary(const auxiliary *from, const struct program_map *map, uintptr_t base,
                             uintptr_t random, uintptr_t name, auxiliary *to) {
  size_t count = 0;
  for (; from->a_type != AT_NULL; from++) {
    auxiliary entry = *from;
    switch (entry.a_type) {
      case AT_PHDR: entry.a_un.a_val = base + (uintptr_t)map->headers; break;
      case AT_PHNUM: entry.a_un.a_val = map->header_count; break;
      case AT_ENTRY: entry.a_un.a_val = base + (uintptr_t)map->entry; break;
      case AT_BASE: entry.a_un.a_val = 0; break;
      case AT_RANDOM: entry.a_un.a_val = random; break;
      case AT_EXECFN: entry.a_un.a_val = name; break;
      default: break;
    }
    if (count == AUXILIARY_MAX - 1) give_up();
    to[count++] = entry;
  }
  to[count++] = (auxiliary){.a_type = AT_NULL};
  return count;
}

_Noreturn void load_main(char **environment) {
  // As a program finds its stack: argument count, arguments, environment, auxiliary vector.
  static const char name[] = "service";
  struct {
    uintptr_t words[4];
    auxiliary vector[AUXILIARY_MAX];
    uint8_t random[RANDOM_BYTES];
  } stack __attribute__((aligned(16)));
  struct program_map map;
  read_map(&map);
  uintptr_t base = choose_base(&map);
  map_file(&map, base);
  set_rights(&map, base);
  if (close(DESCRIPTOR_PROGRAM) != 0) give_up();
  if (getrandom(stack.random, sizeof stack.random, 0) != sizeof stack.random) give_up();
  while (*environment != NULL) environment++;
  const uintptr_t words[4] = {1, (uintptr_t)name, 0, 0};
  memcpy(stack.words, words, sizeof words);
  (void)copy_auxiliary((const auxiliary *)(environment + 1), &map, base, (uintptr_t)stack.random, (uintptr_t)name,
                       stack.vector);
  jump_to(base + (uintptr_t)map.entry, (uintptr_t)&stack);
}
