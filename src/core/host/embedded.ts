import { coreText } from "./core.generated.ts";
import { bytesOf } from "./early.ts";
import type { CoreSource } from "./source.ts";

/** The core's bytes, embedded. */
export const embedded: (() => CoreSource) | undefined = () => ({ bytes: bytesOf(coreText) });
