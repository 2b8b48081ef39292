/** The file of the worker that `createModel` of odenet/worker makes. */
import { serve } from "./serve.ts";

serve();
