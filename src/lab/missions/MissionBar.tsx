/** A mission: its goals as they are reached, hints one after another, and the solution as a link. */
import { useEffect, useState } from "preact/hooks";
import type { State } from "../state.ts";
import type { Mission, Seen } from "./missions.ts";

/** `seen` is what the goals are checked on; where the page checks them itself, `own` says what it found. */
export function MissionBar({
  mission,
  seen,
  own,
  onLeave,
}: {
  mission: Mission;
  seen?: Seen | undefined;
  own?: { text: string; reached: boolean; measured: string };
  onLeave: () => void;
}) {
  const [states, setStates] = useState<readonly State[]>([]);
  const [hints, setHints] = useState(0);
  const [shared, setShared] = useState("");
  const at = states.length;
  const goal = mission.goals[at];
  useEffect(() => {
    setStates([]);
    setHints(0);
  }, [mission]);
  useEffect(() => {
    if (!seen || !goal) return;
    if (goal.reached(seen, states[at - 1] ?? seen.state)) setStates([...states, seen.state]);
  });
  const goals = own
    ? [{ ...own, current: !own.reached }]
    : mission.goals.map(({ text, measured }, k) => ({
        text,
        reached: k < at,
        measured: k === at && seen ? measured(seen) : "",
        current: k === at,
      }));
  const solved = goals.every(({ reached }) => reached);
  const share = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      setShared("The link to your solution is copied.");
    } catch {
      setShared(location.href);
    }
  };
  return (
    <section class={solved ? "panel mission solved" : "panel mission"} aria-label="Mission">
      <div class="panel-head">
        <h2>{mission.title}</h2>
        <button type="button" class="link" onClick={onLeave}>
          Leave
        </button>
      </div>
      <p class="note">{mission.why}</p>
      <ol class="goals">
        {goals.map(({ text, reached, measured, current }) => (
          <li key={text} aria-current={current ? "step" : undefined}>
            <span aria-hidden="true">{reached ? "✓" : "○"}</span> {text}{" "}
            <span class="measured">{reached ? "Reached." : measured && `Now: ${measured}.`}</span>
          </li>
        ))}
      </ol>
      <p role="status" class="outcome">
        {solved ? "Mission accomplished." : ""}
      </p>
      {mission.hints.slice(0, hints).map((hint) => (
        <p key={hint} class="note">
          Hint: {hint}
        </p>
      ))}
      <div class="mission-foot">
        {hints < mission.hints.length && !solved && (
          <button type="button" onClick={() => setHints(hints + 1)}>
            {hints === 0 ? "A hint" : "Another hint"}
          </button>
        )}
        {solved && (
          <button type="button" onClick={() => void share()}>
            Share your solution
          </button>
        )}
        {solved && <a href="#/missions">Other missions</a>}
        <span role="status">{shared}</span>
      </div>
    </section>
  );
}
