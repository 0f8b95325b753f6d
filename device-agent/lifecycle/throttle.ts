// Calls at most once per interval: the first poke at once, the last one never lost.

export interface Throttle {
  poke(): void;
  stop(): void;
}

export function throttle(intervalMs: number, call: () => void): Throttle {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  const fire = () => {
    timer = setTimeout(() => {
      timer = undefined;
      if (again) fire();
    }, intervalMs);
    again = false;
    call();
  };
  return {
    poke() {
      if (timer) again = true;
      else fire();
    },
    stop: () => clearTimeout(timer),
  };
}
