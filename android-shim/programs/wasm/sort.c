// Whole numbers, one a line, sorted; with stdio, malloc that grows, and qsort.
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b) {
  long x = *(const long *)a, y = *(const long *)b;
  return (x > y) - (x < y);
}

int main(void) {
  size_t count = 0, room = 16;
  long *all = malloc(room * sizeof *all);
  while (all != NULL && scanf("%ld", &all[count]) == 1)
    if (++count == room) all = realloc(all, (room *= 2) * sizeof *all);
  if (all == NULL) return 1;
  qsort(all, count, sizeof *all, compare);
  for (size_t i = 0; i < count; i++) printf("%ld\n", all[i]);
  free(all);
  return 0;
}
