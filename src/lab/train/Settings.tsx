/** Everything that can be chosen. */
import { useState } from "preact/hooks";
import { hasOption, integratorsFor, isFree, penaltyNames, searches } from "../families.ts";
import { NumberInput, Select } from "../inputs.tsx";
import type { Bench } from "../session/bench.ts";
import { refine } from "../session/files.ts";
import type { Session } from "../session/session.ts";
import {
  beginning,
  change,
  choicesOf,
  hasSteps,
  isImageSet,
  isImages,
  numberIn,
  rangeOf,
  type SettingName,
} from "../state.ts";
import { Files } from "./Files.tsx";
import { hints, names, titles } from "./labels.ts";
import { Which } from "./Which.tsx";

/** Which data can be had here. */
function sourcesOf({ state, given, imageSets }: Session): readonly string[] {
  return choicesOf("data").filter(
    (name) =>
      name === state.data ||
      (name === "table" && given.table !== undefined) ||
      (name === "pictures" && given.folder !== undefined) ||
      (isImageSet(name) ? imageSets.includes(name) : name !== "table" && name !== "pictures"),
  );
}

export function Settings({ bench }: { bench: Bench }) {
  const { session } = bench;
  const { state } = session;
  const set = (name: SettingName) => (value: string | number) =>
    void session.change(beginning(state, change(name, String(value))));
  const list = (name: SettingName, choices = choicesOf(name)) => (
    <Select
      label={titles[name]}
      hint={hints[name]}
      value={String(state[name])}
      choices={choices}
      names={names[name] ?? {}}
      onChange={set(name)}
    />
  );
  const amount = (name: SettingName, label = titles[name]) => (
    <NumberInput
      label={label}
      hint={hints[name]}
      value={Number(state[name])}
      range={rangeOf(name)}
      parse={(text) => numberIn(name, text)}
      onChange={set(name)}
    />
  );
  // Opened for an address that asks for one; whoever sets it to 0 again finds it open.
  const [regularized] = useState(() => penaltyNames.some((name) => state[name] > 0));
  const searching = searches(state.optimizer);
  const images = isImages(state.data);
  const generated = !images && state.data !== "drawn" && state.data !== "table";
  const dense = !images || state.architecture === "dense";
  const steps = hasSteps(state);
  const unstable = dense && isFree(state.dynamics); // the others are stable by their form
  const finest = 2 * state.steps > 256;
  return (
    <form class="settings" aria-label="Settings" onSubmit={(event) => event.preventDefault()}>
      <Which bench={bench} />
      <details open>
        <summary>Network</summary>
        <div class="fields">
          {images && list("architecture")}
          {dense && list("dynamics")}
          {dense && list("integrator", integratorsFor(state.dynamics))}
          {list("activation")}
          {steps && amount("steps")}
          {steps && amount("finalTime")}
          {steps && (
            <p class="note">
              step size <i>h</i> = <i>T</i> / <i>N</i> = {Number((state.finalTime / state.steps).toPrecision(4))}
            </p>
          )}
          {steps && (
            <button
              type="button"
              disabled={finest || !session.model}
              title="Twice the steps; the weights stay the same function of time"
              onClick={() => void refine(session)}
            >
              Same network, finer grid
            </button>
          )}
          {steps && amount("width", dense ? titles.width : "Channels")}
          {steps && list("weights")}
          {dense && hasOption(state.dynamics, "gamma") && amount("gamma")}
        </div>
      </details>
      <details open>
        <summary>Data</summary>
        <div class="fields">
          {list("data", sourcesOf(session))}
          {(generated || isImageSet(state.data)) && amount("examples")}
          {generated && amount("noise")}
          {state.data === "pictures" && amount("side")}
          {state.data === "pictures" && list("colours")}
          <Files session={session} />
        </div>
      </details>
      <details open>
        <summary>Training</summary>
        <div class="fields">
          {list("loss")}
          {list("optimizer")}
          {!searching && amount("learningRate")}
          {!searching && amount("batchSize")}
          {amount("seed")}
          {list("precision")}
        </div>
      </details>
      <details open={regularized}>
        <summary>Regularizers</summary>
        <div class="fields">
          {amount("tikhonov")}
          {steps && amount("timeSmoothness")}
          {amount("l1")}
          {unstable && amount("stabilityPenalty")}
        </div>
      </details>
      <button type="button" class="restore" onClick={() => bench.restore()}>
        Restore defaults
      </button>
    </form>
  );
}
