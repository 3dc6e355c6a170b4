// Installs the dependencies when they are missing or older than package-lock.json. Plain Node: nothing is there yet.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const OLDEST_NODE = [20, 19];

/** Ends the process with one sentence when this cannot run here. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  console.error(`Node ${OLDEST_NODE.join(".")} or newer is needed, this is ${process.versions.node}: install a newer one from https://nodejs.org.`);
  process.exit(1);
}

/** Makes node_modules match package-lock.json for this platform. Ends the process when npm cannot. */
export function installMissing() {
  const stampFile = path.join(root, "node_modules", ".chat-notifications-installed");
  const lock = readFileSync(path.join(root, "package-lock.json"), "utf8");
  const stamp = `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}\n`;
  if (read(stampFile) === stamp) return;
  if (!isComplete(JSON.parse(lock).packages)) runInstallation();
  write(stampFile, stamp);
}

function runInstallation() {
  const first = !existsSync(path.join(root, "node_modules"));
  console.log(first ? "Installing dependencies (npm ci), once; this takes a minute or so …" : "Dependencies changed: installing them (npm ci) …");
  // Tests and tsx are development dependencies: NODE_ENV=production must not leave them out.
  const result = npm(["ci", "--no-audit", "--no-fund", "--include=dev", "--include=optional"]);
  if (result.status === 0) return;
  console.error(
    result.error
      ? `npm could not be started (${result.error.message}): install npm, it comes with Node.`
      : 'Installing the dependencies failed, see above: check the network and the rights on this folder, then try again, or run "npm ci" yourself.',
  );
  process.exit(1);
}

/** Whether somebody ran npm themselves: it notes in node_modules what it put there. */
function isComplete(wanted) {
  const noted = read(path.join(root, "node_modules", ".package-lock.json"));
  if (noted === undefined) return false;
  const present = JSON.parse(noted).packages;
  return Object.entries(wanted).every(([place, entry]) => !isNeeded(place, entry) || present[place]?.version === entry.version);
}

function isNeeded(place, { link, optional, os, cpu, libc }) {
  if (!place.includes("node_modules/") || link) return false;
  if (!optional) return true;
  return libc === undefined && os?.includes(process.platform) === true && cpu?.includes(process.arch) === true;
}

function npm(args) {
  const { npm_execpath: script } = process.env;
  // Under `npm start` the npm at hand is the one to use; on Windows npm itself is a script that needs a shell.
  if (script && /\.c?js$/.test(script)) return spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: "inherit" });
  return spawnSync("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function write(file, content) {
  try {
    writeFileSync(file, content);
  } catch {
    // Read-only after an installation as somebody else: checking again next time costs little.
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  requireNode();
  installMissing();
}
