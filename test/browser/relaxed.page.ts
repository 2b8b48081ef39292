import { relaxedAndStandard } from "./relaxed.ts";

export default relaxedAndStandard();
