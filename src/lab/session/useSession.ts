/** Draws again when the session, or the bench of two, has something new. */
import { useEffect, useReducer } from "preact/hooks";

export function useSession(session: { subscribe(listener: () => void): () => void }): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => session.subscribe(() => again(undefined)), [session]);
}
