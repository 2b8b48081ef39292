/**
 * The worker as one text, for pages whose bundler left the worker's file behind: the core's bytes come as the first message.
 * The build bundles this file, and puts it in place of standaloneText.ts.
 */
import { builds } from "../core/host/allBuilds.ts";
import { provideCore } from "../core/host/source.ts";
import { firstMessage } from "./port.ts";
import { serve } from "./serve.ts";

firstMessage((bytes: Uint8Array<ArrayBuffer>) => {
  provideCore({ bytes, builds });
  serve();
});
