/** One screen of the course: a figure as large as there is room. */
import { useEffect, useRef } from "preact/hooks";
import { Downloads } from "../Downloads.tsx";
import { withoutStyles } from "../download.ts";
import { enlargeType } from "./largeType.ts";
import type { Screen } from "./screens.ts";

export function Slide({ screen: { title, panels, whole } }: { screen: Screen }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const drawings = place.current;
    if (!drawings) return;
    const watcher = new ResizeObserver(() => enlargeType(drawings));
    watcher.observe(drawings);
    enlargeType(drawings);
    return () => watcher.disconnect();
  }, [panels]);
  return (
    <section class="panel slide" aria-label={title}>
      <div class="panel-head">
        <h2>{title}</h2>
        <Downloads title={title} svg={() => whole} />
      </div>
      <div ref={place} class="drawings" role="img" aria-label={title}>
        {panels.map((svg, k) => (
          <div
            key={String(k)}
            class="drawing"
            dangerouslySetInnerHTML={{ __html: withoutStyles(svg).replaceAll(' role="img"', ' aria-hidden="true"') }}
          />
        ))}
      </div>
    </section>
  );
}
