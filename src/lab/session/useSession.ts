/** Draws again when the session has something new. */
import { useEffect, useReducer } from "preact/hooks";
import type { Session } from "./session.ts";

export function useSession(session: Session): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => session.subscribe(() => again(undefined)), [session]);
}
