import { builds } from "./builds.ts";
import { coreBytes } from "./coreBytes.ts";
import type { CoreSource } from "./source.ts";

/** The core's bytes, embedded. */
export const embedded: (() => CoreSource) | undefined = () => ({ bytes: coreBytes(), builds });
