/** Every operation that a record can ask for, by the name of its number. */
import { images } from "./images.ts";
import { matrices } from "./matrices.ts";
import { normalization } from "./normalization.ts";
import { updates } from "./updates.generated.ts";
import { vectors } from "./vectors.ts";

export const signatures = { ...vectors, ...updates, ...matrices, ...images, ...normalization };
