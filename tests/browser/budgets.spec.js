// What travels for a page, apart from its HTML, which look.js measures on each.
import { gzipSync } from "node:zlib";
import { expect, test } from "./guard.js";

test.use({ storageState: async ({ servers }, use) => use(servers.demo.signedIn.maya) });

test("style sheet, scripts and fonts stay small, and are kept for ever", async ({ page }) => {
  const files = [];
  page.on("response", (response) => files.push(response));
  await page.goto("/console/c/1/webhooks/1", { waitUntil: "networkidle" });
  const sizes = { stylesheet: 0, script: 0, font: 0 };
  for (const response of files) {
    const kind = response.request().resourceType();
    if (kind === "document") continue;
    expect(response.headers()["cache-control"], response.url()).toBe("public, max-age=31536000, immutable");
    const body = await response.body();
    if (kind in sizes) sizes[kind] += kind === "font" ? body.length : gzipSync(body, { level: 9 }).length;
  }
  expect(sizes.stylesheet, "CSS, gzip").toBeLessThanOrEqual(7_000);
  expect(sizes.script, "JavaScript, gzip").toBeLessThanOrEqual(22_000);
  expect(sizes.font, "fonts").toBeLessThanOrEqual(100_000);
  expect(Math.min(...Object.values(sizes)), "all three were seen").toBeGreaterThan(0);
});
