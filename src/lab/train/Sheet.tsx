/** Settings on a small screen: a sheet that is called up from below. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

export function Sheet({ label, children }: { label: string; children: ComponentChildren }) {
  const sheet = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" class="call" onClick={() => sheet.current?.showModal()}>
        {label}
      </button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape and the button close it. */}
      <dialog
        ref={sheet}
        class="sheet"
        aria-label={label}
        onClick={(event) => event.target === sheet.current && sheet.current?.close()}
      >
        <div class="sheet-head">
          <h2>{label}</h2>
          <button type="button" onClick={() => sheet.current?.close()}>
            Done
          </button>
        </div>
        {children}
      </dialog>
    </>
  );
}
