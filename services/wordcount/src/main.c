// org.abhaya.wordcount: raw bytes on descriptor 0, one line of JSON on descriptor 1. No stdio, no malloc: it needs
// read, write, mmap, munmap and exit_group, and what the C library does at its start.
#include <errno.h>
#include <unistd.h>

#include "counter.h"
#include "json.h"

// 3 million words in 36 MB, and 12 MB more while the table grows: below 52 MB of data with everything else.
enum { TABLE_LIMIT = 3000000, CHUNK = 65536 };
enum { EXIT_NO_MEMORY = 3, EXIT_INPUT = 4, EXIT_OUTPUT = 5 };

static struct counter counter;
static uint8_t chunk[CHUNK];
static char json[JSON_MAX];

int main(void) {
  ssize_t length;
  if (!counter_init(&counter, TABLE_LIMIT)) return EXIT_NO_MEMORY;
  while ((length = read(0, chunk, sizeof chunk)) != 0) {
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return EXIT_INPUT;
    if (!counter_add(&counter, chunk, (size_t)length)) return EXIT_NO_MEMORY;
  }
  if (!counter_finish(&counter)) return EXIT_NO_MEMORY;
  size_t size = write_json(&counter, json);
  for (size_t done = 0; done < size;) {
    ssize_t written = write(1, json + done, size - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return EXIT_OUTPUT;
    done += (size_t)written;
  }
  return 0;
}
