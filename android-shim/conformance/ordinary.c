// An ordinary program: stdio, sorting, a heap that grows and moves. It must not notice the sandbox: the allow-list is
// for programs like it. Prints the input's lines sorted, then how many and the root of it.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(void) {
  char *line = NULL, **lines = NULL;
  size_t size = 0, count = 0;
  while (getline(&line, &size, stdin) > 0) {
    lines = realloc(lines, (count + 1) * sizeof *lines);
    if (lines == NULL || (lines[count] = strdup(line)) == NULL) return 1;
    count++;
  }
  if (count > 0) qsort(lines, count, sizeof *lines, compare);
  for (size_t i = 0; i < count; i++) fputs(lines[i], stdout);
  // Large blocks are mapped and moved, not only taken from the heap.
  char *large = malloc(4u << 20);
  if (large == NULL) return 1;
  memset(large, 1, 4u << 20);
  large = realloc(large, 12u << 20);
  if (large == NULL || large[(4u << 20) - 1] != 1) return 1;
  free(large);
  printf("%zu %.3f\n", count, sqrt((double)count));
  fprintf(stderr, "nobody hears this\n");
  return fflush(stdout) == 0 ? 0 : 2;
}
