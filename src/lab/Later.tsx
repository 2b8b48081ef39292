/** A view that is loaded when it is first shown. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

export function Later<P extends object>({ load, props }: { load: () => Promise<ComponentType<P>>; props: P }) {
  const [View, setView] = useState<ComponentType<P>>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    load()
      .then((found) => setView(() => found))
      .catch((error: Error) => setProblem(error.message));
  }, [load]);
  if (View) return <View {...props} />;
  return <p role="status">{problem ? `This view could not be loaded: ${problem}` : ""}</p>;
}
