// The smallest memory with which something passes, by bisection. Pure.

/**
 * Answers a multiple of `step` with which `passes` holds while a step less does not, or undefined where it does not even
 * hold for `most`. That more memory never hurts is taken for granted.
 */
export async function memoryFloor(
  passes: (bytes: number) => Promise<boolean>,
  { step, most }: { step: number; most: number },
): Promise<number | undefined> {
  let enough = Math.floor(most / step);
  let tooLittle = 0;
  if (enough < 1 || !(await passes(enough * step))) return undefined;
  while (enough - tooLittle > 1) {
    const middle = Math.floor((enough + tooLittle) / 2);
    if (await passes(middle * step)) enough = middle;
    else tooLittle = middle;
  }
  return enough * step;
}
