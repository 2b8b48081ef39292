import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { samples } from "./samples.ts";

const file = (name: string) => new URL(`../golden/${name}.svg`, import.meta.url);

// ODENET_GOLDEN=write makes them anew; look at each of them before it is committed.
it.each(Object.entries(samples))("%s is drawn as before", (name, draw) => {
  const svg = draw({ width: 480 });
  if (process.env.ODENET_GOLDEN === "write" || !existsSync(file(name))) writeFileSync(file(name), svg);
  expect(svg).toBe(readFileSync(file(name), "utf8"));
});

it.each(
  Object.entries(samples).flatMap(([name, draw]) =>
    [300, 640, 1200].flatMap((width) => (["light", "dark"] as const).map((theme) => ({ name, draw, width, theme }))),
  ),
)("$name at $width pixels, $theme: well formed, as wide as asked, all of it inside", ({ draw, width, theme }) => {
  const svg = draw({ width, theme });
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(svg).toMatch(new RegExp(`viewBox="0 0 ${width} \\d+" width="${width}"`));
  const open = svg.match(/<[a-zA-Z]/g)?.length;
  const closed = (svg.match(/\/>/g)?.length ?? 0) + (svg.match(/<\/[a-zA-Z]/g)?.length ?? 0);
  expect(closed).toBe(open);
});
