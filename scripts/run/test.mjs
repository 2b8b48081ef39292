// npm test: lint and types first, then vitest, whose reporter prints the last line of everything.
import { join } from "node:path";
import { captureNode, runChild } from "./child.mjs";

const tool = (...path) => join("node_modules", ...path);

/** What is checked before the tests, side by side; each says what to do when it fails. */
const CHECKS = [
  {
    name: "lint",
    args: [tool("@biomejs", "biome", "bin", "biome"), "ci", "--colors=off", "."],
    mend: "npm run format mends the format; the rest is explained above",
  },
  {
    name: "types of src and test",
    args: [tool("typescript", "bin", "tsc"), "--noEmit"],
    mend: "tsc's message is above",
  },
  {
    name: "types of assembly",
    args: [tool("typescript", "bin", "tsc"), "--noEmit", "--project", "assembly"],
    mend: "tsc's message is above",
  },
];

/** Resolves to vitest's { code, signal }; a failed check makes the code 1, and the reporter counts it as a failure. */
export async function test(root, args, say) {
  const before = (process.env.ODENET_FAILED_CHECKS ?? "").split(", ").filter(Boolean);
  const failed = args.length > 0 ? before : [...before, ...(await runChecks(root, say))];
  const vitest = [tool("vitest", "vitest.mjs"), "run", ...args];
  // NODE_ENV=production would hide the tests' own warnings and is none of theirs.
  const env = { ...process.env, NODE_ENV: "test", ODENET_FAILED_CHECKS: failed.join(", ") };
  const result = await runChild(process.execPath, vitest, { cwd: root, env });
  return failed.length > 0 && result.code === 0 ? { code: 1, signal: null } : result;
}

async function runChecks(root, say) {
  const results = await Promise.all(CHECKS.map((check) => captureNode(check.args, { cwd: root })));
  const failed = [];
  for (const [i, { name, mend }] of CHECKS.entries()) {
    const { code, output } = results[i];
    if (code === 0) {
      say(`${name}: in order.`);
    } else {
      process.stdout.write(output);
      say(`${name}: failed (${mend}).`);
      failed.push(name);
    }
  }
  return failed;
}
