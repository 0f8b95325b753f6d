// The sandbox lab's probe: as a service, the work that is measured; as `sandbox-probe clock`, the stopwatch for peers.
// One program, so that what is compared runs the same instructions inside the sandbox and outside.
#include <string.h>

#include "probe.h"

int main(int argc, char **argv) {
  if (argc >= 2 && strcmp(argv[1], "clock") == 0) return clock_main(argc - 2, argv + 2);
  return work_main();
}
