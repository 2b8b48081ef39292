/** The mission that an experiment's address names; leaving it takes the name out of the address. */
import { hashOf, type Route } from "../route.ts";
import { type Mission, missionOf } from "./missions.ts";

export function missionIn(route: Route): { mission: Mission | undefined; leave: () => void } {
  const words = new URLSearchParams(route.text);
  const mission = missionOf(words.get("mission") ?? "");
  const leave = (): void => {
    const now = new URLSearchParams(location.hash.split("?")[1] ?? "");
    now.delete("mission");
    location.hash = hashOf({ ...route, text: now.toString() });
  };
  return { mission, leave };
}
