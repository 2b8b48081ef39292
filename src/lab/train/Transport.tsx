/** Play, step, reset, pace; the way back through the run; epoch, losses, accuracy; what went wrong. */
import { loss, percent } from "../format.ts";
import type { Bench } from "../session/bench.ts";
import type { Session } from "../session/session.ts";
import { Pace } from "./Pace.tsx";
import { Scrubber } from "./Scrubber.tsx";

const SHAPES = {
  play: "M8 5v14l11-7z",
  pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  step: "M6 5v14l9-7zM16 5h3v14h-3z",
  epoch: "M3 5v14l8-7zM11 5v14l8-7zM19 5h2v14h-2z",
  reset: "M12 5a7 7 0 1 0 7 7h-2.4A4.6 4.6 0 1 1 12 7.4V11l5-4.5L12 2z",
};

function Shape({ of }: { of: keyof typeof SHAPES }) {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <path d={SHAPES[of]} fill="currentColor" />
    </svg>
  );
}

function Control({
  of,
  label,
  ...rest
}: {
  of: keyof typeof SHAPES;
  label: string;
  title: string;
  disabled: boolean;
  onClick(): void;
}) {
  return (
    <button type="button" aria-label={label} {...rest}>
      <Shape of={of} />
    </button>
  );
}

export function Transport({ bench }: { bench: Bench }) {
  const { running, sessions } = bench;
  const ready = sessions.every(({ model }) => model !== undefined);
  const all = (task: (session: Session) => Promise<unknown>) => () => void bench.each(task);
  return (
    <div class="transport">
      <div class="buttons">
        <button
          type="button"
          class="play"
          disabled={!ready}
          aria-label={running ? "Pause training" : "Train"}
          onClick={all((session) => (running ? session.pause() : session.play()))}
        >
          <Shape of={running ? "pause" : "play"} />
          <span aria-hidden="true">{running ? "Pause" : "Train"}</span>
        </button>
        <Control
          of="step"
          label="Train one step"
          title="One step"
          disabled={!ready}
          onClick={all((session) => session.step("step"))}
        />
        <Control
          of="epoch"
          label="Train one epoch"
          title="One epoch: all examples once"
          disabled={!ready}
          onClick={all((session) => session.step("epoch"))}
        />
        <Control
          of="reset"
          label="Start again"
          title="Start again: new weights, the same data"
          disabled={!ready}
          onClick={all((session) => session.reset())}
        />
      </div>
      <div class="ways">
        <Pace bench={bench} />
        <Scrubber bench={bench} />
      </div>
      {sessions.map((session, k) => (
        <Facts key={String(k)} session={session} name={k === 0 ? "" : "-b"} letter={bench.b ? "AB".charAt(k) : ""} />
      ))}
      {sessions.map(({ message, failed }, k) => (
        <p key={String(k)} class={failed ? "message failed" : "message"} role={failed ? "alert" : "status"}>
          {bench.b && message ? `${"AB".charAt(k)}: ` : ""}
          {message}
        </p>
      ))}
    </div>
  );
}

function Facts({ session, name, letter }: { session: Session; name: string; letter: string }) {
  const { epoch, step } = session.at;
  const { view } = session;
  return (
    <dl class="facts" aria-label={letter ? `Network ${letter}` : "This run"}>
      {letter && <div class="letter">{letter}</div>}
      <Fact name="Step" value={step.toLocaleString("en")} id={`step${name}`} />
      <Fact name="Epoch" value={epoch.toLocaleString("en")} id={`epoch${name}`} />
      <Fact name="Right" value={percent(view?.validation.accuracy)} id={`accuracy${name}`} strong />
      <Fact name="Loss" value={loss(view?.training.loss)} />
      <Fact name="Set aside" value={loss(view?.validation.loss)} />
    </dl>
  );
}

function Fact({ name, value, id, strong }: { name: string; value: string; id?: string; strong?: boolean }) {
  return (
    <div class={strong ? "strong" : undefined}>
      <dt>{name}</dt>
      <dd id={id}>{value}</dd>
    </div>
  );
}
