// Calls at most once per interval, which may differ from call to call: the first poke at once, the last one never lost.

export interface Throttle {
  poke(): void;
  stop(): void;
}

/** `call` returns how many milliseconds the next one has to wait. */
export function throttle(call: () => number): Throttle {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  const fire = () => {
    again = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (again) fire();
    }, call());
  };
  return {
    poke() {
      if (timer) again = true;
      else fire();
    },
    stop: () => clearTimeout(timer),
  };
}
