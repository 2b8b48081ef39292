import { coreText } from "./core.generated.ts";
import type { CoreSource } from "./source.ts";
import { bytesOf } from "./text.ts";

/** The core's bytes, embedded. */
export const embedded: (() => CoreSource) | undefined = () => ({ bytes: bytesOf(coreText) });
