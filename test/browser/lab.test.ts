import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { png } from "../../src/plots/pixels.ts";
import { pageTest } from "../support/browser.ts";
import { odenet } from "../support/command.ts";
import { type OpenLab, openLab } from "../support/lab.ts";
import { ROOT, scratchFolder } from "../support/scratch.ts";

let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What axe-core finds, of any level. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axe, "utf8"));
  // As text: vitest would rewrite code that is written here.
  const found = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as {
    violations: { id: string; nodes: object[] }[];
  };
  const { violations } = found;
  return violations.map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes).slice(0, 400)}`);
}

const accuracy = async (page: Page): Promise<number> =>
  Number.parseFloat((await page.locator("#accuracy").textContent()) ?? "");
const epoch = async (page: Page): Promise<number> =>
  Number((await page.locator("#epoch").textContent())?.replaceAll(",", ""));
const threads = async (page: Page): Promise<number> => {
  await page.getByRole("tab", { name: "Memory" }).click();
  return Number(await page.locator("#threads").textContent());
};
/** What a button gives to keep. */
async function kept(page: Page, button: string): Promise<Buffer> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return readFile(await download.path());
}
/** What a figure's menu gives to keep. */
async function keptOf(page: Page, figure: string, kind: string): Promise<Buffer> {
  await page.getByLabel(`Keep ${figure}`, { exact: true }).click();
  return kept(page, `Download ${figure} as ${kind}`);
}
const fullSpeed = async (page: Page) => {
  const pace = page.getByRole("slider", { name: "Pace" });
  await pace.focus();
  await pace.press("End");
};
const ready = (page: Page) => page.locator('#accuracy:has-text("%")').waitFor();

pageTest("learns peaks, steps, is changed while it runs, and starts again", async (page) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(
    `${lab.address}#/train?data=peaks&examples=3000&dynamics=layerField&integrator=euler&width=12&steps=8&learningRate=0.003`,
  );
  await ready(page);
  await page.getByRole("button", { name: "Train one step" }).click();
  await page.locator('#step:text-is("1")').waitFor();
  await page.getByRole("button", { name: "Train one epoch" }).click();
  await page.locator('#epoch:text-is("1")').waitFor();
  await page.locator('#step:text-is("38")').waitFor(); // 2,400 examples in batches of 64
  await page.getByRole("button", { name: "Train one epoch" }).click();
  await page.locator('#epoch:text-is("2")').waitFor();
  await fullSpeed(page);
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await expect.poll(() => accuracy(page), { timeout: 30_000 }).toBeGreaterThanOrEqual(95);
  await page.getByLabel("Learning rate").fill("0.001");
  await page.getByLabel("Learning rate").press("Enter");
  const then = await epoch(page);
  await expect.poll(() => epoch(page), { timeout: 20_000 }).toBeGreaterThan(then + 2);
  expect(page.url()).toContain("learningRate=0.001");

  const time = page.getByRole("slider", { name: "Time t" });
  await time.focus();
  await time.press("Home");
  await page.getByRole("img", { name: /Features of the examples as they enter/ }).waitFor();
  await time.press("ArrowRight");
  await page.getByRole("img", { name: /Features of the examples at time 0\.00/ }).waitFor();
  await page.getByRole("button", { name: "Pause training" }).click();
  await page.getByRole("button", { name: "Train", exact: true }).waitFor();
  await page.getByRole("button", { name: "accuracy", exact: true }).click();
  const curve = page.getByRole("img", { name: "Learning curve" });
  await curve.locator("text", { hasText: "accuracy" }).waitFor();
  const csv = (await keptOf(page, "Learning curve", "CSV")).toString();
  expect(csv).toMatch(/^step,epoch,training,validation,training accuracy,validation accuracy\n0,0,/);
  for (const [figure, side] of [
    ["Learning curve", 350],
    ["decision regions", 640],
  ] as const) {
    const png = await keptOf(page, figure, "PNG");
    expect([png.toString("latin1", 1, 4), png.readUInt32BE(16)]).toEqual(["PNG", 2 * side]); // of the header: its width
    expect(png.length).toBeGreaterThan(5000);
  }
  await page.getByText("Regularizers", { exact: true }).click();
  for (const label of ["Tikhonov λ", "Stability λ"]) {
    await page.getByLabel(label).fill("0.01");
    await page.getByLabel(label).press("Enter");
  }
  await page.waitForURL(/tikhonov=0.01&stabilityPenalty=0.01/);
  await page.getByRole("button", { name: "Start again" }).click();
  await page.locator('#epoch:text-is("0")').waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
});

pageTest("slow by default, back through the run, two side by side, and as it was", async (page) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.goto(lab.address);
  await ready(page);
  await page.getByText(/^300 points in 16 steps to T = 4: .* on the wrong side of the line/).waitFor();
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await expect
    .poll(async () => Number(await page.locator("#step").textContent()), { timeout: 20_000 })
    .toBeGreaterThan(7);
  expect(await page.getByRole("slider", { name: "Pace" }).getAttribute("aria-valuetext")).toBe("10 steps/s");
  await page.getByRole("button", { name: "Pause training" }).click();
  await page.getByRole("button", { name: "Train", exact: true }).waitFor();
  const [step, right] = [await page.locator("#step").textContent(), await accuracy(page)];
  const back = page.getByRole("slider", { name: "Look back" });
  await back.focus();
  await back.press("Home");
  await page.locator('#step:text-is("0")').waitFor();
  await page.getByRole("button", { name: "Replay the run" }).click();
  await page.locator(`#step:text-is("${step}")`).waitFor();
  await expect.poll(() => accuracy(page)).toBe(right);

  await page.getByRole("button", { name: "Compare with another" }).click();
  await page.getByLabel("Dynamics").selectOption("layerField");
  await page.getByLabel("Integrator").selectOption("euler");
  await page.getByText("Same data, same seed: Hamiltonian, Verlet | residual, Euler").waitFor();
  await page.getByRole("button", { name: "Train one step" }).click();
  await page.locator('#step-b:text-is("1")').waitFor();
  await page.waitForURL(/versus=dynamics%3DlayerField%26integrator%3Deuler/);
  await page.reload();
  await page.locator('#accuracy-b:has-text("%")').waitFor();
  await page.getByText("Same data, same seed: Hamiltonian, Verlet | residual, Euler").waitFor();
  await page.getByRole("button", { name: "Close B" }).click();
  await page.locator("#accuracy-b").waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Finer grid", exact: true }).click();
  await page.waitForURL(/integrator=heun/);
  await page.locator('#epoch:text-is("0")').waitFor();
  await page.getByRole("button", { name: "Train one epoch" }).click();
  await page.locator('#epoch:text-is("1")').waitFor();
  await page.getByRole("button", { name: "Same network, finer grid" }).click();
  await page.getByText(/Twice the steps for the same θ\(t\): [\d.]+ % right with N = 4, [\d.]+ % with 8/).waitFor();
  const steps = page.getByLabel("Steps N");
  await steps.fill("1000");
  await page.getByText("Steps N: a whole number from 1 to 256, not “1000”. 8 still holds.").waitFor();
  await steps.press("Escape");
  await page.getByRole("button", { name: "Restore defaults" }).click();
  await page.waitForURL(/#\/train$/);
  expect(await steps.inputValue()).toBe("16");
});

pageTest("a mission is done with the keyboard alone, and its solution is a link", async (page) => {
  await page.goto(`${lab.address}#/missions`);
  const card = page.getByRole("link", { name: /Make Euler blow up/ });
  await card.focus();
  await page.keyboard.press("Enter");
  const mission = page.getByRole("region", { name: "Mission" });
  await mission.getByText(/Now: grown 0\.\d+ times/).waitFor();
  await mission.getByRole("button", { name: "A hint" }).focus();
  await page.keyboard.press("Enter");
  await mission.getByText("Hint: h = T / N").waitFor();
  const type = async (n: string) => {
    await page.getByLabel("Steps N").focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.type(n);
    await page.keyboard.press("Enter");
  };
  await type("8");
  await mission.getByText("Reached.").waitFor();
  await mission.getByText(/Now: grown \d{3,} times/).waitFor();
  await type("64");
  await mission.getByText("Mission accomplished.").waitFor();
  expect(page.url()).toContain("steps=64");
  expect(page.url()).toContain("mission=blow-up");

  await page.goto(`${lab.address}#/experiments/lambda-plane?re=-1&im=2&h=0.44&method=0&mission=edge`);
  await mission.getByText(/Now: \|1 \+ hλ\| = 1\.\d+/).waitFor();
  const h = page.getByLabel("Step size h");
  await h.focus();
  for (let k = 0; k < 2; k++) await h.press("ArrowLeft");
  await mission.getByText("Mission accomplished.").waitFor();
  await page.goto(`${lab.address}#/experiments/antisymmetric-steps?h=0.5&method=3&tanh=0&mission=energy`);
  await mission.getByText("Mission accomplished.").waitFor();
});

pageTest("the address brings everything back; a saved model brings θ back", async (page) => {
  const state = "data=circles&examples=100&dynamics=layerField&integrator=rk4&steps=5&seed=7";
  await page.goto(`${lab.address}#/train?${state}`);
  await ready(page);
  expect(await page.getByLabel("Steps N").inputValue()).toBe("5");
  await page.getByLabel("Integrator").selectOption("heun");
  await page.waitForURL(/integrator=heun/);
  await page.reload();
  await ready(page);
  expect(await page.getByLabel("Integrator").inputValue()).toBe("heun");

  await fullSpeed(page);
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await expect.poll(() => accuracy(page), { timeout: 20_000 }).toBe(100);
  await page.getByRole("button", { name: "Pause training" }).click();
  await page.getByRole("button", { name: "Train", exact: true }).waitFor();
  const saved = await kept(page, "Save model");
  expect((await kept(page, "Save as ONNX")).length).toBeGreaterThan(1000);
  await page.getByRole("button", { name: "Start again" }).click();
  await page.locator('#epoch:text-is("0")').waitFor();
  await expect.poll(() => accuracy(page)).toBeLessThan(100);
  const model = { name: "model.safetensors", mimeType: "application/octet-stream", buffer: saved };
  await page.getByLabel("Open model").setInputFiles(model);
  await expect.poll(() => accuracy(page)).toBe(100);

  await page.getByLabel("Open model").setInputFiles({ ...model, buffer: saved.subarray(0, 100) });
  await page.getByRole("alert").getByText("modelFromBytes").waitFor();
  await page.getByLabel("Width").fill("9");
  await page.getByLabel("Width").press("Enter");
  await page.getByLabel("Open model").setInputFiles(model);
  await page.getByRole("alert").getByText("expected a model of the form that is set").waitFor();
});

pageTest("a table that is dropped is learned; one that is none is refused, and training goes on", async (page) => {
  await page.goto(lab.address);
  await ready(page);
  const drop = (name: string, text: string) =>
    page.evaluate(
      `(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
        document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
      })()`,
    );
  const rows = Array.from(
    { length: 60 },
    (_, i) => `${i % 10},${(i * 7) % 13},${i % 4},${i % 10 > 4 ? "high" : "low"}`,
  );
  await drop("good.csv", `a,b,c,kind\n${rows.join("\n")}\n`);
  await page.locator('select:has(option[value="table"])').waitFor();
  await page.getByRole("img", { name: "Confusion" }).waitFor();
  await fullSpeed(page);
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await expect.poll(() => accuracy(page), { timeout: 20_000 }).toBe(100);

  await drop("bad.csv", "a,b,kind\n1,2,x\n3,y\n");
  await page.getByRole("alert").getByText("expected 3 cells in line 3").waitFor();
  expect(await page.getByLabel("Examples", { exact: true }).inputValue()).toBe("table");
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.getByRole("button", { name: "Pause training" }).click();
});

pageTest("digits are learned; what is drawn, dropped or an example is classified", async (page) => {
  await page.goto(`${lab.address}#/train?data=mnist&examples=1500&width=16&steps=2&finalTime=1`);
  await page.getByRole("img", { name: "Confusion" }).waitFor();
  const cores = (await page.evaluate("navigator.hardwareConcurrency")) as number;
  expect(await threads(page)).toBe([8, 4, 2].find((n) => n <= cores) ?? 1);
  await fullSpeed(page);
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await expect.poll(() => accuracy(page), { timeout: 30_000 }).toBeGreaterThan(80);

  const paper = page.getByRole("application", { name: /Paper to draw a digit/ });
  const best = page.locator(".shares .best");
  await paper.scrollIntoViewIfNeeded();
  const { x, y, width } = (await paper.boundingBox()) ?? { x: 0, y: 0, width: 0 };
  await page.mouse.move(x + 0.5 * width, y + 0.15 * width);
  await page.mouse.down();
  await page.mouse.move(x + 0.48 * width, y + 0.85 * width, { steps: 6 });
  await page.mouse.up();
  await expect.poll(() => best.textContent(), { timeout: 20_000 }).toMatch(/^1\d/);
  await page.getByRole("button", { name: "Clear" }).click();
  await best.waitFor({ state: "detached" });
  await paper.focus();
  for (const key of ["Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowUp", " "]) await page.keyboard.press(key);
  for (let k = 0; k < 6; k++) await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press(" ");
  await page.getByText("Pen up, 50 % from the left, 88 % from the top").waitFor();
  await expect.poll(() => best.textContent(), { timeout: 20_000 }).toMatch(/^1\d/);
  await page.getByRole("button", { name: "An example" }).click();
  await page.getByText(/A validation example of class \d. Taken for \d/).waitFor();

  // A bar, dark on light, as a file that is dropped.
  await page.evaluate(`(async () => {
    const canvas = new OffscreenCanvas(60, 90);
    const on = canvas.getContext("2d");
    on.fillStyle = "#eee";
    on.fillRect(0, 0, 60, 90);
    on.fillStyle = "#123";
    on.fillRect(27, 12, 8, 64);
    const transfer = new DataTransfer();
    transfer.items.add(new File([await canvas.convertToBlob()], "one.png", { type: "image/png" }));
    document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
  })()`);
  await page.getByText(/Your picture. Taken for 1/).waitFor();

  await page.getByLabel("Network", { exact: true }).selectOption("leNet");
  await page.locator('#epoch:text-is("0")').waitFor();
  await page.getByLabel("A picture").setInputFiles({
    name: "bar.svg",
    mimeType: "image/svg+xml",
    buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="60" height="90"><path d="M30 10v70"/></svg>'),
  });
  await page.getByRole("alert").getByText("picture: expected a file that this browser shows").waitFor();
});

pageTest("a folder of pictures is learned; what cannot be read is left out, and said", async (page) => {
  const picture = (k: number) =>
    png({ columns: 12, rows: 10, color: (c, r) => ((k % 2 ? c : r) % 4 < 2 ? [10 * k, 90, 30] : [230, 200, 10 * k]) });
  const files = Array.from({ length: 24 }, (_, k) => [`marks/${k % 2 ? "upright" : "level"}/${k}.png`, picture(k)]);
  const folder = scratchFolder({
    ...Object.fromEntries(files),
    "marks/level/broken.png": "no picture",
    "marks/notes.txt": "beside",
    "empty/a/notes.txt": "no picture",
  });
  await page.goto(lab.address);
  await ready(page);
  const choose = page.getByLabel("Open a folder of pictures");
  await choose.setInputFiles(join(folder, "empty"));
  await page.getByRole("alert").getByText("empty: expected a folder with one sub-folder a class").waitFor();
  await choose.setInputFiles(join(folder, "marks"));
  await page.getByText("24 pictures in 2 classes. Left out: level/broken.png (no picture that").waitFor();
  await page.getByRole("tab", { name: "Images" }).click();
  await page.getByRole("img", { name: "Training images" }).waitFor();
  await page.getByLabel("Side in pixels").fill("8");
  await page.getByLabel("Side in pixels").press("Enter");
  await page.waitForURL(/data=pictures.*side=8.*architecture=convResNet/);
  await fullSpeed(page);
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await expect.poll(() => accuracy(page), { timeout: 20_000 }).toBe(100);
});

pageTest("what the reader shows is learned, and tried on another picture", async (page) => {
  const mark = (upright: boolean, k: number) => ({
    name: `${k}.png`,
    mimeType: "image/png",
    buffer: Buffer.from(
      png({
        columns: 12,
        rows: 10,
        color: (c, r) => ((upright ? c : r) % 4 < 2 ? [10 * k, 90, 30] : [230, 200, 9 * k]),
      }),
    ),
  });
  const marks = (upright: boolean) => Array.from({ length: 8 }, (_, k) => mark(upright, k));
  await page.goto(lab.address);
  await ready(page);
  await page.getByRole("button", { name: "Your pictures" }).click();
  await page.getByText("“first” has 0 of at least 5 pictures.").waitFor();
  await page.getByLabel("Name of the class first").fill("upright");
  await page.getByLabel("Picture files of upright").setInputFiles(marks(true));
  await page.getByLabel("Picture files of second").setInputFiles(marks(false));
  await page.getByRole("button", { name: "Learn these" }).click();
  await page.waitForURL(/data=pictures/);
  await expect.poll(() => accuracy(page), { timeout: 30_000 }).toBe(100);
  await page.getByLabel("A picture").setInputFiles(mark(true, 11));
  await page.getByText("Taken for upright.").waitFor({ timeout: 20_000 });
  expect(await barriers(page)).toEqual([]);
});

pageTest("points are drawn with the pointer and with keys", async (page) => {
  await page.goto(lab.address);
  await ready(page);
  await page.getByLabel("Examples", { exact: true }).selectOption("drawn");
  const paper = page.getByRole("application", { name: /Draw with the pointer/ });
  await page.getByRole("alert").getByText("at least 4 points").waitFor();
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.getByRole("alert").getByText("at least 4 points").waitFor();
  expect(await epoch(page)).toBe(0);
  const draw = async (x: number, y: number) => {
    const box = (await paper.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + (x + 0.3) * box.width, box.y + y * box.height, { steps: 8 });
    await page.mouse.up();
  };
  await draw(0.1, 0.2);
  await page.getByLabel("1", { exact: true }).check();
  await draw(0.5, 0.8);
  await paper.focus();
  await page.keyboard.press("3");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press(" ");
  await page.waitForURL(/points=([0-9a-z]{5}){16,}godc3/); // the last at (0, −0.4), of class 3
  await page.getByText(/^0.0, -0.4; class 3; \d+ points$/).waitFor();
  await page.getByRole("alert").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await expect.poll(() => accuracy(page), { timeout: 20_000 }).toBeGreaterThan(60);
});

pageTest("each experiment answers its sliders; a page of the course hides what to see", async (page) => {
  for (const [name, slider, reading] of [
    ["objective-surface", "Steps N", /Φ at θ: [\d.]+ on training/],
    ["antisymmetric-steps", "Step size h", /‖y\(20\)‖ = \d/],
    ["lambda-plane", "Step size h", /A step multiplies \|y\| by \d/],
    ["phase-portraits", "A₁₁", /spiral|centre|node|saddle/],
    ["depth-is-time", "Steps N", /largest error of an end point \d/],
    ["landscape?depth=3&radius=1", "Radius", /plain net: test accuracy .*ResNet: test accuracy .*roughness \d/],
  ] as const) {
    await page.goto(`${lab.address}#/experiments/${name}`);
    const text = page.locator(".reading");
    await text.getByText(reading).waitFor();
    const before = await text.textContent();
    const input = page.getByLabel(slider);
    await input.focus();
    for (let k = 0; k < 3; k++) await input.press("ArrowRight");
    await expect.poll(() => text.textContent()).not.toBe(before);
    await text.getByText(reading).waitFor();
    expect(page.url()).toMatch(/\?.*=/);
  }
  // An address is followed, and cut to the limits of the sliders.
  await page.goto(`${lab.address}#/experiments/depth-is-time?T=6&N=3`);
  await page.locator(".reading").getByText("h = T / N = 2.00").waitFor();
  await page.goto(`${lab.address}#/experiments/depth-is-time?T=99&N=0.2`);
  await page.locator(".reading").getByText("h = T / N = 12.0").waitFor();
  await page.goto(`${lab.address}#/experiments/lambda-plane?re=-1&im=0&h=1&method=0`);
  const plane = page.getByRole("img", { name: "Region of stability" });
  await page.locator(".reading").getByText("by 0.000, ").waitFor();
  const { x, y, width, height } = (await plane.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const [px, py] = [x + 0.3 * width, y + 0.2 * height];
  await page.mouse.click(px, py);
  await page.locator(".reading").getByText("unstable").waitFor();
  const point = await plane.locator("g[clip-path] circle").boundingBox();
  expect(Math.abs((point?.x ?? 0) + (point?.width ?? 0) / 2 - px)).toBeLessThan(4); // a tenth of λ is some six pixels
  expect(Math.abs((point?.y ?? 0) + (point?.height ?? 0) / 2 - py)).toBeLessThan(4);

  await page.goto(`${lab.address}#/lecture/step-size`);
  await page.getByText(/Predict first/).waitFor();
  expect(await page.locator(".caption p").count()).toBe(0);
  await page.keyboard.press(" ");
  await page.getByRole("button", { name: "Hide what to see" }).waitFor();
  expect((await kept(page, "as CSV")).toString()).toMatch(/^name,value\n\w[^\n]*,-?[\d.e-]+\n/);
  await page.keyboard.press("ArrowRight");
  await page.waitForURL(/step-size\?figure=2/);
  await page.getByText(/Predict first/).waitFor();
  await page.keyboard.press("c");
  await page.getByRole("link", { name: "Architectures" }).click();
  await page.waitForURL(/lecture\/architectures/);
});

pageTest("a screen of the course fits a projector, in type of 18 pixels and more", async (page) => {
  for (const [width, height] of [
    [1280, 720],
    [1920, 1080],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const name of ["step-size", "ode-crash-course?figure=2", "depth-is-time"]) {
      await page.goto(`${lab.address}#/lecture/${name}`);
      await page.locator(".drawing > svg").first().waitFor();
      const found = (await page.evaluate(`(() => {
        const shown = [...document.querySelectorAll(".lecture *")].filter((element) =>
          [...element.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()));
        const size = (element) => {
          const svg = element.closest(".drawing > svg");
          const scale = svg ? Math.min(svg.clientWidth / svg.viewBox.baseVal.width, svg.clientHeight / svg.viewBox.baseVal.height) : 1;
          return scale * parseFloat(getComputedStyle(element).fontSize);
        };
        return { least: Math.min(...shown.map(size)), below: document.documentElement.scrollHeight - innerHeight };
      })()`)) as { least: number; below: number };
      expect({ name, width, large: found.least > 17.9, below: found.below }).toEqual({
        name,
        width,
        large: true,
        below: 0,
      });
    }
  }
});

pageTest("no barrier, in both colours, on a phone and wide", async (page) => {
  for (const [width, colorScheme] of [
    [320, "light"],
    [1600, "dark"],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    for (const hash of [
      "#/train",
      "#/train?data=mnist&examples=100",
      "#/experiments/lambda-plane",
      "#/train?mission=four-steps",
      "#/missions",
      "#/lecture/ode-crash-course",
    ]) {
      await page.goto(`${lab.address}${hash}`);
      await page.locator(".panel svg, .panel canvas, .card").first().waitFor();
      await page.evaluate("scrollTo(0, document.body.scrollHeight)");
      await page.locator(".later").first().waitFor({ state: "detached" });
      expect({ width, hash, barriers: await barriers(page) }).toEqual({ width, hash, barriers: [] });
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect({ width, hash, overflow }).toEqual({ width, hash, overflow: 0 });
    }
  }
});

pageTest("the site for static hosts trains from any folder, without headers", async (page) => {
  const folder = await mkdtemp(join(tmpdir(), "odenet-site-"));
  const written = await odenet(ROOT, "lab", "--build", join(folder, "my", "lab"));
  expect(written.code).toBe(0);
  const types: Record<string, string> = {
    html: "text/html",
    js: "text/javascript",
    css: "text/css",
    svg: "image/svg+xml",
  };
  const server = createServer(async (request, response) => {
    const path = (request.url ?? "/").replace(/[?#].*/, "").replace(/\/$/, "/index.html");
    const bytes = await readFile(join(folder, path)).catch(() => undefined);
    response.writeHead(bytes ? 200 : 404, { "content-type": types[path.split(".").pop() ?? ""] ?? "application/json" });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  try {
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/my/lab/#/train?data=circles&width=64`);
    await ready(page);
    expect(await threads(page)).toBe(1);
    await page.getByRole("button", { name: "Train one epoch" }).click();
    await page.locator('#epoch:text-is("1")').waitFor();
    const offered = await page.getByLabel("Examples", { exact: true }).locator("option").allTextContents();
    expect(offered).toContain("circles");
    expect(offered).not.toContain("MNIST");
    await page.goto(page.url().replace("data=circles", "data=fashion-mnist"));
    await page.getByRole("alert").getByText("a site leaves them out").waitFor();
    await page.getByLabel("Examples", { exact: true }).selectOption("circles");
    await ready(page);
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});

pageTest("without a core that it can compile, the page says why", async (page) => {
  await page.addInitScript("WebAssembly.validate = () => false");
  await page.goto(lab.address);
  await page.getByRole("heading", { name: "This browser cannot run the laboratory" }).waitFor();
  await page.getByText("no SIMD").waitFor();
});

pageTest("the first visit is small and soon readable; the next one needs no network", async (page, context) => {
  const loaded: number[] = [];
  page.on("response", async (response) => {
    loaded.push(Number(response.headers()["content-length"] ?? 0));
  });
  await page.goto(lab.address);
  await ready(page);
  const paint = (await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")) as number;
  expect(paint).toBeLessThan(1000);
  expect(loaded.reduce((sum, n) => sum + n, 0)).toBeLessThan(200_000);
  await page.waitForFunction("navigator.serviceWorker.ready.then(() => true)");
  await context.setOffline(true);
  try {
    await page.reload();
    await ready(page);
  } finally {
    await context.setOffline(false);
  }
});
