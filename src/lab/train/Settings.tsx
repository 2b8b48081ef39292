/** Everything that can be chosen, and what can be kept or shared. */
import { hasOption, integratorsFor, isFree, penaltyNames, searches } from "../families.ts";
import { NumberInput, Select } from "../inputs.tsx";
import type { Session } from "../session/session.ts";
import { beginning, change, choicesOf, hasSteps, isImageSet, isImages, numberIn, type SettingName } from "../state.ts";
import { Keep } from "./Keep.tsx";
import { hints, names } from "./labels.ts";
import { openFile } from "./TableDrop.tsx";

export function Settings({ session }: { session: Session }) {
  const { state } = session;
  const set = (name: SettingName) => (value: string | number) =>
    void session.change(beginning(state, change(name, String(value))));
  const list = (name: SettingName, label: string, choices = choicesOf(name)) => (
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
      value={Number(state[name])}
      parse={(text) => numberIn(name, text)}
      onChange={set(name)}
    />
  );
  const here = (name: string) =>
    name === state.data ||
    (name === "table" && session.given.table !== undefined) ||
    (name === "pictures" && session.given.folder !== undefined) ||
    (isImageSet(name) ? session.imageSets.includes(name) : name !== "table" && name !== "pictures");
  const sources = choicesOf("data").filter(here);
  const searching = searches(state.optimizer);
  const images = isImages(state.data);
  const generated = !images && state.data !== "drawn" && state.data !== "table";
  const dense = !images || state.architecture === "dense";
  const steps = hasSteps(state);
  const unstable = dense && isFree(state.dynamics); // the others are stable by their form
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
          {dense && list("integrator", "Integrator", integratorsFor(state.dynamics))}
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
          {dense && hasOption(state.dynamics, "gamma") && amount("gamma", "γ")}
        </div>
      </details>
      <details open>
        <summary>Training</summary>
        <div class="fields">
          {list("loss", "Loss")}
          {list("optimizer", "Optimizer")}
          {!searching && amount("learningRate", "Learning rate")}
          {!searching && amount("batchSize", "Batch")}
          {amount("seed", "Seed")}
          {list("precision", "Precision")}
        </div>
      </details>
      <details open={penaltyNames.some((name) => state[name] > 0)}>
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
