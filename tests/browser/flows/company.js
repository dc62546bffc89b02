// A company of one's own in the empty database: people, alerts, a key, made by the command line; and a receiver.
import { join } from "node:path";
import { expect, test as base } from "../guard.js";
import { Receiver } from "../receiver.js";
import { belfry, signIn } from "../servers.js";

const PASSWORD = "correct horse battery staple";
const ALERTS = ["Geofence of Depot Nord", "Geofence of Port 3", "Low battery"];
const TYPES = ["5", "5", "9"];

async function found(url, directory, name) {
  const run = (...args) => belfry(directory, args);
  const company = run("company", "add", "--name", name, "--timezone", "Europe/Berlin").id;
  const email = `admin-${company}@example.com`;
  const who = ["--email", email, "--name", "Alice Meyer", "--role", "admin", "--company", String(company)];
  belfry(directory, ["user", "add", ...who], PASSWORD);
  const add = (alert, at) => run("alert", "add", "--company", String(company), "--type", TYPES[at], "--name", alert).id;
  const alerts = ALERTS.map((alert, at) => ({ name: alert, id: add(alert, at) }));
  const key = run("api-key", "add", "--company", String(company), "--name", "Fleet system").key;
  const alice = { email, password: PASSWORD };
  return { url, path: `/console/c/${company}`, alerts, key, alice };
}

/** Fires an alert, as the fleet's system would. */
export async function fire({ url, key }, alert, vehicle = "TRK-118") {
  const event = {
    vehicleId: 118,
    vehicleName: vehicle,
    position: { lat: 53.5461, lng: 9.9663 },
    direction: 274,
    timestamp: new Date().toISOString(),
    address: null,
    data: { geofenceName: "Depot Nord", isExit: true },
  };
  const answer = await fetch(new URL(`/api/v2/alerts/${alert.id}/events`, url), {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(event),
  });
  expect(answer.status, await answer.text()).toBe(202);
}

/** Fills in the form of a new webhook with chosen alerts, and sends it. */
export async function createWebhook(page, company, { name, url, alerts = [], auth = "none", secrets = {}, sign = false }) {
  await page.goto(`${company.path}/webhooks/new`);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("URL", { exact: true }).fill(url);
  await page.locator('input[name=receives][value=linked]').check();
  for (const { id } of alerts) await page.locator(`input[name=alertIds][value="${id}"]`).check();
  await page.locator(`input[name=authType][value="${auth}"]`).check();
  for (const [field, value] of Object.entries(secrets)) await page.locator(`#${field}`).fill(value);
  await page.getByLabel("Sign every delivery").setChecked(sign);
  await page.getByRole("button", { name: "Create webhook" }).click();
}

/** Reloads until the page says it: the engine works beside us, and nothing on these pages moves by itself. */
export async function reloadUntil(page, locator) {
  await expect(async () => {
    await page.reload();
    await expect(locator).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
}

export const test = base.extend({
  at: ["empty", { option: true }],
  company: [
    async ({ servers }, use, { workerIndex, project }) => {
      const { url, directory } = servers.empty;
      await use(await found(url, directory, `Northline ${project.name} ${workerIndex}`));
    },
    { scope: "worker" },
  ],
  signedIn: [
    async ({ servers, company }, use, { workerIndex }) => {
      const path = join(servers.empty.directory, `signed-in-${workerIndex}.json`);
      await use(await signIn(company.url, company.alice, path));
    },
    { scope: "worker" },
  ],
  /** An editor of the company, and the link of the invitation. */
  invited: async ({ servers, company }, use, { testId }) => {
    const email = `${testId.slice(-8)}@example.com`;
    const who = ["--email", email, "--name", "Bob", "--role", "editor", "--company", company.path.split("/").at(-1)];
    const { invite_url: url } = belfry(servers.empty.directory, ["user", "add", ...who]);
    await use({ email, path: new URL(url).pathname });
  },
  receiver: async ({}, use) => {
    const receiver = await new Receiver().listen();
    await use(receiver);
    await receiver.close();
  },
});

export { expect };
