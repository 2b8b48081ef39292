/** Starts the page, or says why it cannot. */

import { render } from "preact";
import { known } from "../core/known.ts";
import { App } from "./App.tsx";
import { engineProblem } from "./engineProblem.ts";
import { makeLab } from "./session/lab.ts";

const place = known(document.getElementById("lab"));
const problem = engineProblem();
place.replaceChildren();
if (problem) {
  render(
    <main class="waiting">
      <h1>This browser cannot run the laboratory</h1>
      <p>{problem}</p>
    </main>,
    place,
  );
} else render(<App lab={makeLab()} another={makeLab} />, place);

// Over HTTPS or on this machine, the page works without a network from the second visit on.
if ("serviceWorker" in navigator && isSecureContext) navigator.serviceWorker.register("offline.js").catch(() => {});
