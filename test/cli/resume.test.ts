import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { modelFromBytes } from "../../src/index.ts";
import { odenet, startCommand } from "../support/command.ts";
import { symmetric } from "../support/draws.ts";
import { scratchFolder } from "../support/scratch.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

// ODENET_KILLS=50 npx vitest run test/cli/resume.test.ts is the long form.
const KILLS = Number(process.env.ODENET_KILLS ?? 12);

it(`killed at ${KILLS} random moments, a run always resumes, and ends with the bytes of an undisturbed one`, {
  timeout: 120_000,
}, async () => {
  const cwd = scratchFolder();
  const task = [
    "train",
    "peaks",
    "--examples",
    "2000",
    "--batch",
    "4",
    "--epochs",
    String(KILLS),
    "--width",
    "4",
    "--schedule",
    "cosine",
  ];
  const plain = await odenet(cwd, ...task, "--out", "plain");
  expect(plain.code).toBe(0);
  const disturbed = [...task, "--checkpoint", "state", "--every", "3", "--resume", "--out", "model"];
  let killed = 0;
  let checked = 0;
  for (const [i, draw] of symmetric(KILLS, KILLS).entries()) {
    const { child, finished, says } = startCommand(disturbed, cwd);
    // Every fifth one while it starts, the others while it trains and saves.
    if (i % 5 > 0) await says("network: ");
    await pause(100 * (1 + draw));
    child.kill("SIGKILL");
    const { signal, stderr } = await finished;
    expect(stderr).toBe("");
    if (signal === "SIGKILL") killed++;
    if (!existsSync(join(cwd, "state"))) continue;
    // Whatever the moment, the file is whole: a model, too.
    (await modelFromBytes(readFileSync(join(cwd, "state")))).dispose();
    checked++;
  }
  expect(killed).toBe(KILLS);
  expect(checked).toBeGreaterThan(KILLS / 3);
  const last = await odenet(cwd, ...task, "--resume", "state", "--out", "model");
  expect(last.code).toBe(0);
  expect(readFileSync(join(cwd, "model"))).toEqual(readFileSync(join(cwd, "plain")));
  // A kill may leave the file that was being written, one and no more: the next save takes its place.
  expect(readdirSync(cwd).filter((name) => !["plain", "model", "state", "state.tmp"].includes(name))).toEqual([]);
});

it.each(["SIGINT", "SIGTERM"] as const)("%s saves what was learned and says how to go on", async (signal) => {
  const cwd = scratchFolder();
  const task = ["train", "peaks", "--epochs", "300", "--batch", "16"];
  const { child, finished, says } = startCommand([...task, "--out", "model"], cwd);
  await says("epoch 2/300");
  child.kill(signal);
  const { code, stdout } = await finished;
  expect(code).toBe(signal === "SIGINT" ? 130 : 143);
  expect(stdout).toMatch(/\nstopped by the signal after \d+ steps\n/);
  const again = /To go on: odenet (.+)\n/.exec(stdout)?.[1]?.split(" ") ?? [];
  expect(again).toEqual([...task, "--out", "model", "--resume", "peaks.checkpoint.safetensors"]);
  expect((await modelFromBytes(readFileSync(join(cwd, "model")))).get().length).toBe(2309);

  const info = await odenet(cwd, "info", "peaks.checkpoint.safetensors", "--json");
  expect(info.stderr).toBe("");
  expect(JSON.parse(info.stdout).training).toMatchObject({ epochs: 300, optimizer: "adam" });
  const other = await odenet(cwd, ...task, "--seed", "1", "--resume", "peaks.checkpoint.safetensors");
  expect(other.stderr).toMatch(/--resume peaks\.checkpoint\.safetensors: expected .+ as in the checkpoint, got .+/);
  expect(other.code).toBe(1);
});

it("stopped by Ctrl-C and resumed, a run ends as if undisturbed, and its history is whole", async () => {
  const cwd = scratchFolder();
  const task = ["train", "ellipses", "--epochs", "60", "--batch", "8", "--patience", "50"];
  const histories = (name: string) => ["svg", "csv", "json"].flatMap((kind) => ["--history", `${name}.${kind}`]);
  const { child, finished, says } = startCommand([...task, ...histories("resumed")], cwd);
  await says("epoch 3/60");
  child.kill("SIGINT");
  expect((await finished).code).toBe(130);
  const [resumed, plain] = await Promise.all([
    odenet(
      cwd,
      ...task,
      "--resume",
      "ellipses.checkpoint.safetensors",
      ...["--out", "resumed", ...histories("resumed")],
    ),
    odenet(cwd, ...task, "--out", "plain", ...histories("plain")),
  ]);
  expect({ resumed: resumed.code, plain: plain.code }).toEqual({ resumed: 0, plain: 0 });
  for (const end of ["", ".svg", ".csv", ".json"]) {
    expect(readFileSync(join(cwd, `resumed${end}`)), end).toEqual(readFileSync(join(cwd, `plain${end}`)));
  }
});
