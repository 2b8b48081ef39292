// For workerd: the results as an answer.
import { scenario } from "./scenario.mjs";

export default {
  async fetch() {
    try {
      return Response.json(await scenario());
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
