/** Whether there is room for settings beside the pictures. */
import { useEffect, useState } from "preact/hooks";

const wide = matchMedia("(min-width: 980px)");

export function useWide(): boolean {
  const [is, set] = useState(wide.matches);
  useEffect(() => {
    const follow = () => set(wide.matches);
    wide.addEventListener("change", follow);
    return () => wide.removeEventListener("change", follow);
  }, []);
  return is;
}
