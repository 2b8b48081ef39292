import { instantiateCore } from "../../src/core/host/load.ts";

const { abi_version } = instantiateCore();

export default (abi_version as () => number)();
