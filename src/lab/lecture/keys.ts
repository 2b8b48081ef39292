/** What a key does on a page of the course; what is typed into a control is the control's. */

const actions: Readonly<Record<string, string>> = {
  ArrowRight: "next",
  PageDown: "next",
  ArrowLeft: "previous",
  PageUp: "previous",
  Home: "first",
  " ": "reveal",
  c: "contents",
  f: "full screen",
  n: "notes",
};

/** Controls that a space or an arrow is meant for. */
const CONTROLS = "input, select, textarea, button, summary, a";

export function actionOf(event: KeyboardEvent): string | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey) return undefined;
  const { target, key } = event;
  const control = target instanceof Element ? target.closest(CONTROLS) : null;
  if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) return undefined;
  if (control && key === " ") return undefined;
  return actions[key.length === 1 ? key.toLowerCase() : key];
}
