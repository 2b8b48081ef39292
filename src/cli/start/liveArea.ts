import { createLogUpdate } from "log-update";
import type { LiveArea } from "./progressReport.ts";

/** Draws over its own last text by moving the cursor; hides the cursor meanwhile and brings it back, also after Ctrl-C. */
export function liveArea(output: NodeJS.WriteStream): LiveArea {
  const update = createLogUpdate(output);
  return Object.assign((text: string) => update(text), {
    persist: (text: string) => update.persist(`${text}\n`),
    clear: () => update.clear(),
    done: () => update.done(),
  });
}
