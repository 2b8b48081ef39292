/** How many panels stand side by side, so that their type stays large: three on a projector, one on a phone. */
import { useEffect, useState } from "preact/hooks";

const counted = (): number => (innerWidth >= 1100 ? 3 : innerWidth >= 700 ? 2 : 1);

export function useAbreast(): number {
  const [count, set] = useState(counted);
  useEffect(() => {
    const follow = () => set(counted());
    addEventListener("resize", follow);
    return () => removeEventListener("resize", follow);
  }, []);
  return count;
}
