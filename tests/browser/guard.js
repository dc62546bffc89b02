// What holds on every page in every test: no policy is violated, nothing is loaded from elsewhere, no script fails.
import { readFileSync } from "node:fs";
import { test as base, expect } from "@playwright/test";

const servers = () => JSON.parse(readFileSync(process.env.BELFRY_SERVERS, "utf8"));

/** Tells the test of everything that a page must not do. */
async function watch(page, origin) {
  const problems = [];
  await page.exposeBinding("belfryProblem", (_source, text) => problems.push(text));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      window.belfryProblem(`policy: ${event.violatedDirective} refuses ${event.blockedURI} ${event.sample}`);
    });
  });
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) problems.push(`asks elsewhere: ${request.url()}`);
  });
  page.on("response", (response) => {
    const inPage = !["document", "xhr", "fetch"].includes(response.request().resourceType());
    if (response.status() >= (inPage ? 400 : 500) && response.status() !== 503) {
      problems.push(`${response.status()}: ${response.url()}`);
    }
  });
  page.on("pageerror", (error) => problems.push(`script: ${error.message}`));
  page.on("console", (message) => {
    // The browser says this of every 4xx page, too; those are judged above.
    const isStatus = message.text().startsWith("Failed to load resource: the server responded");
    if (["error", "warning"].includes(message.type()) && !isStatus) problems.push(`console: ${message.text()}`);
  });
  return problems;
}

export const test = base.extend({
  servers: [async ({}, use) => use(servers()), { scope: "worker" }],
  /** Where relative addresses lead; spec files of the flows choose the empty database. */
  at: ["demo", { option: true }],
  baseURL: async ({ servers, at }, use) => use(servers[at].url),
  page: async ({ page, baseURL }, use) => {
    const problems = await watch(page, new URL(baseURL).origin);
    await use(page);
    expect(problems, "a page did what no page may do").toEqual([]);
  },
});

export { expect };
