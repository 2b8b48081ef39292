import { expect, test } from "vitest";
import { findChromium } from "../support/chromium.ts";

const only = (path: string) => (candidate: string) => candidate.replaceAll("\\", "/") === path;
const nothing = () => false;

test.each([
  ["Debian's", "/usr/bin/chromium", {}],
  ["Ubuntu's", "/usr/bin/chromium-browser", {}],
  ["Google's", "/usr/bin/google-chrome", {}],
  ["one on PATH", "/opt/browser/chromium", { PATH: "/opt/browser" }],
  ["one in an unusual place", "/srv/chrome", { CHROMIUM_PATH: "/srv/chrome" }],
])("finds %s", (_, path, env) => {
  expect(findChromium(env, only(path))?.replaceAll("\\", "/")).toBe(path);
});

test("CHROMIUM_PATH goes before all others, and must exist", () => {
  expect(findChromium({ CHROMIUM_PATH: "/srv/chrome" }, () => true)).toBe("/srv/chrome");
  expect(() => findChromium({ CHROMIUM_PATH: "/srv/chrome" }, only("/usr/bin/chromium"))).toThrow(
    /CHROMIUM_PATH: .*exist/,
  );
});

test("without any there is none, or an error where it is required", () => {
  expect(findChromium({}, nothing)).toBeUndefined();
  expect(() => findChromium({ ODENET_BROWSER: "required" }, nothing)).toThrow(/required, but no Chromium was found/);
});
