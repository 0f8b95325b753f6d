// Drags the drawing by its background, one move a frame, and times the frames.

export interface PanFigures {
  readonly framesPerSecond: number;
  readonly medianFrameMs: number;
  readonly p95FrameMs: number;
  /** How far the drawing really went, pixels: a drag that moved nothing measures nothing. */
  readonly movedPixels: number;
}

const WARM_UP_MS = 700;
const MEASURED_MS = 3_000;
const START = { x: 10, y: 10 };
const REACH = 260;

const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));

export async function pan(place: () => { x: number; y: number }): Promise<PanFigures> {
  const target = document.elementFromPoint(START.x, START.y) ?? document.body;
  const send = (type: string, x: number, y: number) => {
    const common = { bubbles: true, cancelable: true, view: window, clientX: x, clientY: y, button: 0 };
    const buttons = type.endsWith('up') ? 0 : 1;
    const pointer = { ...common, buttons, pointerId: 1, pointerType: 'mouse', isPrimary: true };
    target.dispatchEvent(new PointerEvent(type.replace('mouse', 'pointer'), pointer));
    target.dispatchEvent(new MouseEvent(type, { ...common, buttons }));
  };
  const before = place();
  send('mousedown', START.x, START.y);
  const times: number[] = [];
  let moved = 0;
  const begun = await nextFrame();
  for (let now = begun; now - begun < WARM_UP_MS + MEASURED_MS; now = await nextFrame()) {
    if (now - begun >= WARM_UP_MS) times.push(now);
    const turn = (now - begun) / 900;
    send('mousemove', START.x + REACH * (1 - Math.cos(turn)), START.y + REACH * 0.5 * (1 - Math.cos(turn)));
    const at = place();
    moved = Math.max(moved, Math.hypot(at.x - before.x, at.y - before.y));
  }
  send('mouseup', START.x, START.y);
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? time));
  const sorted = [...gaps].sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
  return {
    framesPerSecond: gaps.length / seconds,
    medianFrameMs: quantile(0.5),
    p95FrameMs: quantile(0.95),
    movedPixels: moved,
  };
}
