/** Light or dark: the system's choice until the reader makes one. */
import { useEffect, useState } from "preact/hooks";
import type { ThemeName } from "../plots/index.ts";

const KEY = "odenet-lab-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function chosen(): ThemeName | undefined {
  try {
    const found = localStorage.getItem(KEY);
    return found === "light" || found === "dark" ? found : undefined;
  } catch {
    return undefined; // a page without storage
  }
}

export function useTheme(): [ThemeName, () => void] {
  const [theme, setTheme] = useState<ThemeName>(() => chosen() ?? (dark.matches ? "dark" : "light"));
  useEffect(() => {
    const follow = () => chosen() ?? setTheme(dark.matches ? "dark" : "light");
    dark.addEventListener("change", follow);
    return () => dark.removeEventListener("change", follow);
  }, []);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const turn = () => {
    const next = theme === "light" ? "dark" : "light";
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // Then it lasts as long as the page.
    }
    setTheme(next);
  };
  return [theme, turn];
}
