/** The mission that is tried on the network of the Train view. */
import type { Bench } from "../session/bench.ts";
import { useInside } from "../session/useInside.ts";
import { MissionBar } from "./MissionBar.tsx";
import { missionOf } from "./missions.ts";

export function TrainMission({ bench }: { bench: Bench }) {
  const mission = missionOf(bench.mission);
  const { state, view, fresh, sight } = bench.a;
  useInside(bench.a);
  if (!mission) return null;
  return (
    <MissionBar
      mission={mission}
      seen={fresh ? { state, view, inside: sight.inside } : undefined}
      onLeave={() => bench.setMission("")}
    />
  );
}
