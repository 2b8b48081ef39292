/** Train: the network and what it does while it learns, and what can be set. */
import { useState } from "preact/hooks";
import type { ThemeName } from "../../plots/index.ts";
import { Later } from "../Later.tsx";
import type { Bench } from "../session/bench.ts";
import type { Session } from "../session/session.ts";
import { hasSteps, isImageSet, isImages } from "../state.ts";
import { useWide } from "../useWide.ts";
import { versus } from "../versus.ts";
import { Keep } from "./Keep.tsx";
import { Presets } from "./Presets.tsx";
import { Regions } from "./Regions.tsx";
import { Settings } from "./Settings.tsx";
import { Sheet } from "./Sheet.tsx";
import { Stage } from "./Stage.tsx";
import { TableDrop } from "./TableDrop.tsx";
import { nameOf, Tabs } from "./Tabs.tsx";
import { Transport } from "./Transport.tsx";

const drawing = async () => (await import("./Drawing.tsx")).Drawing;
const confusion = async () => (await import("./Confusion.tsx")).Confusion;

const teach = async () => (await import("../teach/Teach.tsx")).Teach;
const mission = async () => (await import("../missions/TrainMission.tsx")).TrainMission;

export interface Shown {
  session: Session;
  theme: ThemeName;
  /** Behind the titles: nothing, or which of two networks. */
  name: string;
}

export function TrainView({ bench, theme }: { bench: Bench; theme: ThemeName }) {
  const { sessions, a, b } = bench;
  const wide = useWide();
  const [teaching, setTeaching] = useState(false);
  const settings = <Settings bench={bench} />;
  return (
    <TableDrop session={bench.session}>
      <h1>Points are carried through time, step by step, until a line parts them: that is a deep network.</h1>
      <Transport bench={bench} />
      <Presets bench={bench} teaching={teaching} onTeach={setTeaching} />
      {bench.mission && <Later load={mission} props={{ bench }} />}
      <div class="train">
        {wide ? <aside class="beside">{settings}</aside> : <Sheet label="Settings">{settings}</Sheet>}
        <div class="figures">
          {b && (
            <p class="versus" role="status">
              {versus(a.state, b.state)}
            </p>
          )}
          <div
            class={b ? "pictures two" : "pictures"}
            style={{ "--rows": isImageSet(a.state.data) || a.state.data === "pictures" ? 3 : 2 }}
          >
            {sessions.map((session, k) => (
              <Pictures
                key={String(k)}
                session={session}
                theme={theme}
                name={nameOf(k, sessions.length)}
                teaching={teaching && k === 0}
              />
            ))}
          </div>
          <div class={b ? "lower wide" : "lower"}>
            <Tabs sessions={sessions} theme={theme} />
            <Keep bench={bench} />
          </div>
        </div>
      </div>
    </TableDrop>
  );
}

/** The two large pictures of a network. */
function Pictures({ session, theme, name, teaching }: Shown & { teaching: boolean }) {
  const { state, parts } = session;
  const plane = state.data === "drawn" || (!isImages(state.data) && (parts?.training.width ?? 2) === 2);
  return (
    <>
      {hasSteps(state) && <Stage session={session} theme={theme} name={name} />}
      {plane ? (
        <Regions session={session} theme={theme} name={name} />
      ) : (
        <Later key="confusion" load={confusion} props={{ session, theme, name }} />
      )}
      {(teaching || state.data === "pictures") && <Later key="teach" load={teach} props={{ session }} />}
      {isImageSet(state.data) && <Later key="drawing" load={drawing} props={{ session, theme, name }} />}
    </>
  );
}
