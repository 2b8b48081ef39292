import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { odenet } from "../support/command.ts";
import { symmetric } from "../support/draws.ts";
import { scratchFolder } from "../support/scratch.ts";

it("train --receipt writes what audit replays, and a change of data, receipt or model is found", async () => {
  const cwd = scratchFolder();
  const draws = symmetric(120, 3);
  const rows = Array.from({ length: 60 }, (_, k) => {
    const [x = 0, y = 0] = draws.slice(2 * k, 2 * k + 2);
    return `${x},${y},${x > y ? "above" : "below"}`;
  });
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(cwd, name), `x,y,side\n${lines.join("\n")}\n`);
  write("data.csv", rows);
  const trained = await odenet(
    ...([cwd, "train", "data.csv", "--label", "side", "--epochs", "3", "--seed", "4", "--width", "3"] as const),
    ...(["--batch", "16", "--receipt", "run.json", "--out", "m.safetensors"] as const),
  );
  expect(trained).toMatchObject({ code: 0, stderr: "" });
  const held = await odenet(cwd, "audit", "run.json", "data.csv", "--model", "m.safetensors");
  expect(held).toMatchObject({ code: 0, stderr: "" });
  expect(held.stdout).toBe("run.json: holds; 3 of 3 segments replayed, to the bit\n");
  const one = await odenet(cwd, "audit", "run.json", "data.csv", "--segments", "1", "--json");
  expect(
    one.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { event: "segment", holds: true },
    { event: "audit", holds: true, segments: 1 },
  ]);

  write("other.csv", [...rows.slice(1), rows[0] ?? ""]);
  const other = await odenet(cwd, "audit", "run.json", "other.csv");
  expect(other.code).toBe(1);
  expect(other.stdout).toContain("the data are not those of the run");
  const receipt = JSON.parse(readFileSync(join(cwd, "run.json"), "utf8"));
  writeFileSync(join(cwd, "forged.json"), JSON.stringify({ ...receipt, options: { ...receipt.options, seed: 5 } }));
  expect((await odenet(cwd, "audit", "forged.json", "data.csv")).stdout).toContain("forged.json: does not hold");
  const wrong = await odenet(cwd, "audit", "data.csv", "data.csv");
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("expected a receipt in JSON") });
});
