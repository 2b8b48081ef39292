/** A part of the page that is loaded when it is first shown, or first seen. */
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface LaterProps<P> {
  load: () => Promise<ComponentType<P>>;
  props: P;
  /** Only once it comes into sight. */
  whenSeen?: boolean;
}

export function Later<P extends object>({ load, props, whenSeen = false }: LaterProps<P>) {
  const [View, setView] = useState<ComponentType<P>>();
  const [problem, setProblem] = useState("");
  const [seen, setSeen] = useState(!whenSeen);
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (seen || !place.current) return;
    const watcher = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    });
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, [seen]);
  useEffect(() => {
    if (!seen) return;
    load()
      .then((found) => setView(() => found))
      .catch((error: Error) => setProblem(error.message));
  }, [load, seen]);
  if (View) return <View {...props} />;
  return (
    <p ref={place} role="status" class="later">
      {problem ? `This part could not be loaded: ${problem}` : ""}
    </p>
  );
}
