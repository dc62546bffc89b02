// Two servers for the whole run: the demo with its clock standing still, and an empty database with the engine running.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { request } from "@playwright/test";

const ROOT = resolve(import.meta.dirname, "../..");
const BINARY = resolve(ROOT, process.env.BELFRY_BIN || "target/debug/belfry");
const RUN = join(ROOT, "target/browser");
/** When the demo's clock stands. */
const AT = "2026-09-22T12:12:36Z";

/** Runs `belfry ARGUMENTS --json` and gives its answer. `input` is its standard input: a password. */
export function belfry(directory, args, input = "") {
  const options = { input, encoding: "utf8", stdio: ["pipe", "pipe", "inherit"] };
  return JSON.parse(execFileSync(BINARY, [...args, "--json", "--log", "warn", "--data-dir", directory], options));
}

/** Starts a server and waits until it says where it is. */
async function start(args) {
  const child = spawn(BINARY, [...args, "--json", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  const said = await new Promise((done, failed) => {
    createInterface({ input: child.stdout }).once("line", (line) => done(JSON.parse(line)));
    child.once("exit", (code) => failed(new Error(`belfry ${args[0]} ended with ${code}`)));
    child.once("error", failed);
  });
  const stop = () => new Promise((done) => {
    child.once("exit", done);
    child.kill("SIGTERM");
  });
  return { ...said, stop };
}

/** Signs a person in and keeps the cookie, so that not every test has to. */
export async function signIn(url, { email, password }, path) {
  const http = await request.newContext({ baseURL: url });
  const form = await (await http.get("/console/login")).text();
  const token = /name="csrf_token" value="([^"]+)"/.exec(form)[1];
  const answer = await http.post("/console/login", {
    form: { csrf_token: token, email, password, next: "" },
    headers: { origin: new URL(url).origin },
    maxRedirects: 0,
  });
  if (answer.status() !== 303) throw new Error(`${email} cannot sign in: ${answer.status()}`);
  await http.storageState({ path });
  await http.dispose();
  return path;
}

export default async function servers() {
  rmSync(RUN, { recursive: true, force: true });
  mkdirSync(RUN, { recursive: true });
  const directory = mkdtempSync(join(tmpdir(), "belfry-browser-"));
  const outbound = ["--outbound-allow", "127.0.0.0/8", "--outbound-allow-http", "true"];
  // One attempt only: what fails has failed for good, at once.
  const once = ["--retry-schedule", "0s", "--rate-limits", "off"];
  const serve = ["serve", "--log", "error", "--data-dir", directory, ...once, ...outbound];
  const [demo, empty] = await Promise.all([start(["demo", "--at", AT]), start(serve)]);
  const signedIn = {};
  for (const user of demo.users) {
    const name = user.email.split(".")[0];
    signedIn[name] = await signIn(demo.url, user, join(RUN, `${name}.json`));
  }
  const known = { demo: { url: demo.url, users: demo.users, signedIn }, empty: { url: empty.url, directory } };
  writeFileSync(join(RUN, "servers.json"), JSON.stringify(known));
  process.env.BELFRY_SERVERS = join(RUN, "servers.json");
  return async () => {
    await Promise.all([demo.stop(), empty.stop()]);
    rmSync(directory, { recursive: true, force: true });
  };
}
