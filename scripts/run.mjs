// Usage: node scripts/run.mjs FILE.ts [arguments …]: installs what is missing, then runs the file through tsx.
// Plain Node: nothing is there yet.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { installMissing, requireNode } from "./install.mjs";

requireNode();
installMissing();

// In this very process rather than in a child: signals and the exit code then need no forwarding, and nothing
// outlives a kill -9. The program finds its arguments where it expects them.
const { register } = await import("tsx/esm/api");
register();
process.argv.splice(1, 1);
const file = path.resolve(process.argv[1]);
process.argv[1] = file;
await import(pathToFileURL(file).href);
