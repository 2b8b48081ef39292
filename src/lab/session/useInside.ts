/** While a component is there, looks at the model go inside its layers too. */
import { useEffect } from "preact/hooks";
import type { Session } from "./session.ts";

export function useInside(session: Session): void {
  useEffect(() => {
    session.sight.watchers++;
    void session.lookAgain();
    return () => {
      session.sight.watchers--;
    };
  }, [session]);
}
