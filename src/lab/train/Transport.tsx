/** Play, step, reset; epoch, losses, accuracy, speed, memory; what went wrong. */
import { bytes, count, loss, percent } from "../format.ts";
import type { Session } from "../session/session.ts";

const SHAPES = {
  play: "M8 5v14l11-7z",
  pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  step: "M6 5v14l9-7zM16 5h3v14h-3z",
  reset: "M12 5a7 7 0 1 0 7 7h-2.4A4.6 4.6 0 1 1 12 7.4V11l5-4.5L12 2z",
};

function Shape({ of }: { of: keyof typeof SHAPES }) {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <path d={SHAPES[of]} fill="currentColor" />
    </svg>
  );
}

export function Transport({ session }: { session: Session }) {
  const { running, epoch, view, speed, depth, message, failed } = session;
  const ready = session.model !== undefined;
  return (
    <div class="transport">
      <div class="buttons">
        <button
          type="button"
          class="play"
          disabled={!ready}
          aria-label={running ? "Pause training" : "Train"}
          onClick={() => void (running ? session.pause() : session.play())}
        >
          <Shape of={running ? "pause" : "play"} />
        </button>
        <button type="button" disabled={!ready} aria-label="Train one epoch" onClick={() => void session.step()}>
          <Shape of="step" />
        </button>
        <button type="button" disabled={!ready} aria-label="Start again" onClick={() => void session.reset()}>
          <Shape of="reset" />
        </button>
      </div>
      <dl class="facts">
        <Fact name="Epoch" value={epoch.toLocaleString("en")} id="epoch" />
        <Fact name="Accuracy" value={percent(view?.validation.accuracy)} id="accuracy" strong />
        <Fact name="Loss" value={loss(view?.training.loss)} />
        <Fact name="Validation" value={loss(view?.validation.loss)} />
        <Fact name="Examples/s" value={speed > 0 ? count(speed) : "–"} />
        <Fact name="Threads" value={depth ? String(depth.threads) : "–"} id="threads" />
        <Fact name="Memory" value={depth ? bytes(depth.memory.total) : "–"} />
      </dl>
      <p class={failed ? "message failed" : "message"} role={failed ? "alert" : "status"}>
        {message}
      </p>
    </div>
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
