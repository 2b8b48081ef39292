/** The answer to the newest question: one is asked at a time, and those that were overtaken are never asked. */

import { useEffect, useRef, useState } from "preact/hooks";
import { messageOf } from "../../core/messageOf.ts";

export interface Latest<T> {
  readonly value: T | undefined;
  readonly error: string | undefined;
  readonly waiting: boolean;
}

export function useLatest<T>(ask: () => Promise<T>, key: string): Latest<T> {
  const [latest, setLatest] = useState<Latest<T>>({ value: undefined, error: undefined, waiting: true });
  const line = useRef<{ busy: boolean; next: (() => Promise<T>) | undefined }>({ busy: false, next: undefined });
  useEffect(() => {
    const { current } = line;
    current.next = ask;
    if (current.busy) return;
    current.busy = true;
    void (async () => {
      setLatest((before) => ({ ...before, waiting: true }));
      while (current.next) {
        const now = current.next;
        current.next = undefined;
        try {
          const value = await now();
          setLatest({ value, error: undefined, waiting: current.next !== undefined });
        } catch (error) {
          setLatest({ value: undefined, error: messageOf(error), waiting: false });
        }
      }
      current.busy = false;
    })();
  }, [key]);
  return latest;
}
