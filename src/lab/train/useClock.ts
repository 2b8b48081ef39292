/** Where the moving picture is: −1 the input, 0 behind the opening layer, N at the end; between them it glides. */
import { useEffect, useState } from "preact/hooks";

/** Milliseconds of one round, and of the rest at its end. */
const ROUND = 4500;
const REST = 1600;
/** Milliseconds between two pictures. */
const TICK = 33;

export interface Clock {
  readonly at: number;
  readonly moving: boolean;
  set(at: number): void;
  hold(): void;
  turn(): void;
}

export function useClock(first: number, last: number): Clock {
  const [at, setAt] = useState(last);
  const [moving, setMoving] = useState(() => !matchMedia("(prefers-reduced-motion: reduce)").matches);
  useEffect(() => {
    if (!moving) return;
    const rate = (last - first) / ROUND;
    let before = 0;
    let frame = requestAnimationFrame(function tick(now) {
      frame = requestAnimationFrame(tick);
      if (now - before < TICK) return;
      before = now;
      setAt(Math.min(last, first + rate * (now % (ROUND + REST)))); // two pictures side by side move together
    });
    return () => cancelAnimationFrame(frame);
  }, [moving, first, last]);
  return {
    at: Math.max(first, Math.min(last, at)),
    moving,
    set: (to) => {
      setMoving(false);
      setAt(to);
    },
    hold: () => setMoving(false),
    turn: () => setMoving(!moving),
  };
}
