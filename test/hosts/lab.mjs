// npm run test:hosts lab: the laboratory in browsers that the tests of the suite do not drive. Each opens the page as odenet lab
// serves it, trains, is given a table, draws, and asks an experiment.
import { fileURLToPath } from "node:url";
import { inFirefox, inWebKit } from "./hosts/browsers.mjs";
import { eventually, serving } from "./run-child.mjs";
import { Missing } from "./tools.mjs";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** Runs in the page; what it returns goes to the table. */
async function scenario() {
  const until = async (what, test, seconds = 40) => {
    for (const end = Date.now() + 1000 * seconds; ; ) {
      const found = test();
      if (found) return found;
      if (Date.now() > end) throw new Error(`the lab: expected ${what}, got "${text("main")?.slice(0, 300)}"`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const text = (selector) => document.querySelector(selector)?.textContent;
  const button = (name) =>
    [...document.querySelectorAll("button")].find(
      (one) => (one.getAttribute("aria-label") ?? one.textContent) === name,
    );
  const accuracy = () => Number.parseFloat(text("#accuracy"));
  const opened = async (hash, ready) => {
    location.hash = hash;
    await new Promise((resolve) => setTimeout(resolve, 300)); // the view before goes
    await until(`${hash} to be ready`, ready);
  };
  const quiet = () => accuracy() >= 0 && text("#epoch") === "0";
  const fullSpeed = () => {
    const pace = [...document.querySelectorAll("input[type=range]")].find(
      ({ labels }) => labels[0]?.textContent === "Pace",
    );
    pace.value = pace.max;
    pace.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const reach = async (percent) => {
    await until("a button", () => button("Train"));
    fullSpeed();
    button("Train").click();
    await until(`${percent} %`, () => accuracy() >= percent);
    await until("training", () => button("Pause training"));
    button("Pause training").click();
    await until("an end", () => button("Train"));
    return accuracy();
  };

  await opened("#/train?data=peaks&examples=400&width=64&steps=8", quiet);
  const wanted = crossOriginIsolated && navigator.hardwareConcurrency > 1 ? /^[248]$/ : /^1$/;
  document.querySelector("#tab-memory").click();
  document.querySelector("#tab-memory").scrollIntoView(); // a panel is loaded when it is seen
  const threads = await until(`threads, of ${navigator.hardwareConcurrency}`, () => wanted.exec(text("#threads"))?.[0]);
  await opened(
    "#/train?data=peaks&examples=3000&dynamics=layerField&integrator=euler&width=12&steps=8&learningRate=0.003",
    quiet,
  );
  const peaks = await reach(95);

  const rows = Array.from({ length: 60 }, (_, i) => `${i % 10},${(i * 7) % 13},${i % 10 > 4 ? "high" : "low"}`);
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([`a,b,kind\n${rows.join("\n")}\n`], "table.csv"));
  document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
  await until("the table", () => document.querySelector('select option[value="table"]') && quiet());
  const table = await reach(100);

  await opened("#/train?data=drawn", () => document.querySelector("canvas[role=application]"));
  for (const key of ["ArrowUp", " ", "ArrowRight", " ", "2", "ArrowDown", " ", "ArrowDown", " "]) {
    document
      .querySelector("canvas[role=application]")
      .dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const points = () => (/points=(\w+)/.exec(location.hash)?.[1] ?? "").length / 5;
  const drawn = await until("four points", () => points() === 4 && points());

  await opened("#/experiments/landscape?depth=3&radius=1", () => /roughness/.test(text(".reading")));
  return { isolated: crossOriginIsolated, threads, peaks, table, drawn, experiment: text(".reading").split(":")[0] };
}

const browsers = { Firefox: inFirefox, WebKitGTK: inWebKit };

/** Prints what each browser says; resolves to how many failed. */
export async function driveLab() {
  const lab = serving(process.execPath, [CLI, "lab", "--port", "0", "--no-open"]);
  let failed = 0;
  try {
    const url = await eventually(async () => {
      const [found] = /http:\S+/.exec(lab.said()) ?? [];
      if (!found) throw new Error(lab.said());
      return found;
    });
    for (const [name, inBrowser] of Object.entries(browsers)) {
      try {
        const { experiment, ...said } = await inBrowser(url, `(${scenario})()`);
        const facts = Object.entries(said).map(([what, value]) => `${what} ${value}`);
        console.log(`${name}: ${facts.join(", ")}, ${experiment}`);
      } catch (error) {
        if (!(error instanceof Missing)) failed++;
        console.log(`${name}: ${error instanceof Missing ? "not here" : "failed"}: ${error.message}`);
      }
    }
  } finally {
    await lab.stop();
  }
  return failed;
}
