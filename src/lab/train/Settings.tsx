/** Everything that can be chosen, and what can be kept or shared. */
import { useState } from "preact/hooks";
import { download } from "../download.ts";
import { NumberInput, Select } from "../inputs.tsx";
import type { Session } from "../session/session.ts";
import {
  beginning,
  fitting,
  hasSteps,
  isImageSet,
  isImages,
  regularizers,
  type SettingName,
  type State,
  settings,
} from "../state.ts";
import { openFile } from "./TableDrop.tsx";

const hints: Partial<Record<SettingName, string>> = {
  finalTime: "T: the network is an equation solved from 0 to T; a step is h = T / N",
  steps: "N: time steps, the depth of the network",
  width: "Features inside the network",
  weights: "How the weights depend on time",
  gamma: "Moves the spectrum of K − Kᵀ − γI to the left",
  tikhonov: "λ/2 ‖θ‖²; 0 for none",
  timeSmoothness: "α/2 ∫ ‖dθ/dt‖² dt; 0 for none",
  l1: "λ ‖θ‖₁, smoothed; 0 for none",
  stabilityPenalty: "λ/2 ∫ ‖P₊(½(K + Kᵀ))‖² dt, P₊ the positive part; 0 for none",
  side: "Pixels along a side; of each picture the middle is taken",
  noise: "Standard deviation of the noise on each coordinate",
};

const names: Partial<Record<SettingName, Record<string, string>>> = {
  data: {
    swissRoll: "Swiss roll",
    drawn: "drawn by hand",
    table: "my table",
    pictures: "my pictures",
    mnist: "MNIST",
    "fashion-mnist": "Fashion-MNIST",
  },
  architecture: {
    dense: "as for points",
    leNet: "LeNet-5",
    convResNet: "convolutional ResNet",
    parabolicCnn: "parabolic CNN",
    hamiltonianCnn: "Hamiltonian CNN",
  },
  dynamics: {
    layerField: "ResNet: σ(Ky+b)",
    antisymmetric: "antisymmetric",
    parabolic: "parabolic",
    hamiltonian: "Hamiltonian",
    doubleHamiltonian: "double Hamiltonian",
    secondOrder: "second order",
  },
  integrator: { euler: "Euler", heun: "Heun", ralston: "Ralston", verlet: "Verlet", rk3: "RK3", rk4: "RK4" },
  weights: { perStep: "one set a step", constant: "constant", nodal: "at nodes", halfSteps: "at half steps" },
  loss: { softmaxCrossEntropy: "cross-entropy", leastSquares: "least squares" },
  optimizer: { adam: "Adam", adamW: "AdamW", sgd: "SGD", lbfgs: "L-BFGS", newtonCG: "Newton–CG" },
  precision: { f32: "single", f64: "double" },
};

export function Settings({ session }: { session: Session }) {
  const { state } = session;
  const set = (name: SettingName) => (value: string | number) =>
    void session.change(beginning(state, { [name]: value } as Partial<State>));
  const list = (name: SettingName, label: string, choices = settings[name as "data"].choices as readonly string[]) => (
    <Select
      label={label}
      hint={hints[name]}
      value={String(state[name])}
      choices={choices}
      names={names[name] ?? {}}
      onChange={set(name)}
    />
  );
  const amount = (name: SettingName, label: string) => (
    <NumberInput
      label={label}
      hint={hints[name]}
      value={state[name] as number}
      parse={settings[name as "steps"].parse}
      onChange={set(name)}
    />
  );
  const here = (name: State["data"]) =>
    name === state.data ||
    (name === "table" && session.given.table !== undefined) ||
    (name === "pictures" && session.given.folder !== undefined) ||
    (isImageSet(name) ? session.imageSets.includes(name) : name !== "table" && name !== "pictures");
  const sources = settings.data.choices?.filter(here) as readonly string[];
  const searches = state.optimizer === "lbfgs" || state.optimizer === "newtonCG";
  const images = isImages(state.data);
  const generated = !images && state.data !== "drawn" && state.data !== "table";
  const dense = !images || state.architecture === "dense";
  const steps = hasSteps(state);
  const unstable = dense && state.dynamics === "layerField"; // the others are stable by their form
  return (
    <form class="settings" aria-label="Settings" onSubmit={(event) => event.preventDefault()}>
      <details open>
        <summary>Data</summary>
        <div class="fields">
          {list("data", "Examples", sources)}
          {(generated || isImageSet(state.data)) && amount("examples", "Number")}
          {generated && amount("noise", "Noise")}
          {state.data === "pictures" && amount("side", "Side in pixels")}
          {state.data === "pictures" && list("colours", "Colours")}
          <label class="file">
            Open a CSV table
            <input
              type="file"
              accept=".csv,.tsv,.txt,text/csv"
              onChange={(event) => void openFile(session, event.currentTarget.files?.[0])}
            />
          </label>
          <label class="file">
            Open a folder of pictures
            <input
              type="file"
              {...{ webkitdirectory: true }}
              onChange={(event) => {
                const files = Array.from(event.currentTarget.files ?? []);
                event.currentTarget.value = "";
                if (files.length > 0) void openChosen(session, files);
              }}
            />
          </label>
        </div>
      </details>
      <details open>
        <summary>Network</summary>
        <div class="fields">
          {images && list("architecture", "Network")}
          {dense && list("dynamics", "Dynamics")}
          {dense && list("integrator", "Integrator", fitting[state.dynamics])}
          {list("activation", "Activation σ")}
          {steps && amount("width", dense ? "Width" : "Channels")}
          {steps && amount("steps", "Steps N")}
          {steps && amount("finalTime", "Final time T")}
          {steps && (
            <p class="note">
              step size <i>h</i> = <i>T</i> / <i>N</i> = {Number((state.finalTime / state.steps).toPrecision(4))}
            </p>
          )}
          {steps && list("weights", "Weights in time")}
          {dense && state.dynamics === "antisymmetric" && amount("gamma", "γ")}
        </div>
      </details>
      <details open>
        <summary>Training</summary>
        <div class="fields">
          {list("loss", "Loss")}
          {list("optimizer", "Optimizer")}
          {!searches && amount("learningRate", "Learning rate")}
          {!searches && amount("batchSize", "Batch")}
          {amount("seed", "Seed")}
          {list("precision", "Precision")}
        </div>
      </details>
      <details open={regularizers.some((name) => state[name] > 0)}>
        <summary>Regularizers</summary>
        <div class="fields">
          {amount("tikhonov", "Tikhonov λ")}
          {(steps || state.timeSmoothness > 0) && amount("timeSmoothness", "Smooth in time α")}
          {amount("l1", "ℓ₁ λ")}
          {(unstable || state.stabilityPenalty > 0) && amount("stabilityPenalty", "Stability λ")}
        </div>
      </details>
      <Keep session={session} />
    </form>
  );
}

async function openChosen(session: Session, files: readonly File[]): Promise<void> {
  const { chosenFolder } = await import("../folder.ts");
  await session.openFolder(chosenFolder(files));
}

function Keep({ session }: { session: Session }) {
  const [copied, setCopied] = useState("");
  const copy = async (what: string, text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(`${what} copied`);
    } catch {
      download(what === "Code" ? "train.ts" : "address.txt", text, "text/plain"); // no clipboard here
      setCopied(`${what} saved as a file`);
    }
    setTimeout(() => setCopied(""), 2500);
  };
  const copyCode = async () => copy("Code", (await import("../code.ts")).codeOf(session.state));
  const save = async () => {
    const bytes = await session.save();
    if (bytes) download("model.safetensors", bytes, "application/octet-stream");
  };
  const saveOnnx = async () => {
    const bytes = await session.onnx();
    if (bytes) download("model.onnx", bytes, "application/octet-stream");
  };
  return (
    <div class="share">
      <button type="button" onClick={() => void save()}>
        Save model
      </button>
      <label class="file">
        Open model
        <input
          type="file"
          accept=".safetensors"
          onChange={async (event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (file) await session.load(new Uint8Array(await file.arrayBuffer()));
          }}
        />
      </label>
      <button type="button" onClick={() => void saveOnnx()}>
        Save as ONNX
      </button>
      <button type="button" onClick={() => void copyCode()}>
        Copy as code
      </button>
      <button type="button" onClick={() => void copy("Link", location.href)}>
        Copy link
      </button>
      <span role="status">{copied}</span>
    </div>
  );
}
