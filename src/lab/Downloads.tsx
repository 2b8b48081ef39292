/** A figure to keep, as SVG and PNG, and its numbers as CSV: a menu. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type Columns, csv, download, downloadPng } from "./download.ts";

export interface DownloadsProps {
  title: string;
  svg: () => string;
  /** Columns of numbers behind it. */
  numbers?: (() => Columns) | undefined;
}

const fileName = (title: string): string => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

/** What the menu offers, once it is open. */
export function DownloadItems({ title, svg, numbers }: DownloadsProps) {
  const name = fileName(title);
  const link = (kind: string, keep: () => void) => (
    <button type="button" class="link" aria-label={`Download ${title} as ${kind}`} onClick={keep}>
      {kind}
    </button>
  );
  return (
    <>
      {link("SVG", () => download(`${name}.svg`, svg(), "image/svg+xml"))}
      {link("PNG", () => void downloadPng(`${name}.png`, svg()))}
      {numbers && link("CSV", () => download(`${name}.csv`, csv(numbers()), "text/csv"))}
    </>
  );
}

/** What is in it is made when it is opened. */
export function Menu({ title, items }: { title: string; items: () => ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="menu" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary aria-label={`Keep ${title}`} title="Keep this figure or its numbers">
        <span aria-hidden="true">⤓</span>
      </summary>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a choice among the buttons inside closes the menu, however it is made. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: as above. */}
      <div class="menu-items" onClick={() => setOpen(false)}>
        {open && items()}
      </div>
    </details>
  );
}

export function Downloads(props: DownloadsProps) {
  return <Menu title={props.title} items={() => <DownloadItems {...props} />} />;
}
