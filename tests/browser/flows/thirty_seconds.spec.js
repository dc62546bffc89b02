// The question that support is asked most: "TRK-118 left its depot, and nothing arrived." From the overview to a text that
// can be sent to the customer, in three loads and six key presses at most; a name that is typed counts as one.
import { expect, test } from "../guard.js";

const LOADS_MAX = 3;
const KEYS_MAX = 6;

test.use({
  storageState: async ({ servers }, use) => use(servers.demo.signedIn.maya),
  permissions: async ({ browserName }, use) => use(browserName === "chromium" ? ["clipboard-read", "clipboard-write"] : []),
});

/** Counts documents and fragments that are loaded, but for the first page, where everything begins. */
function counted(page) {
  const seen = { loads: 0 };
  page.on("response", (response) => {
    const kind = response.request().resourceType();
    const isPage = kind === "document" || response.request().headers()["hx-request"];
    // A redirect is no page of its own.
    if (isPage && response.status() < 300) seen.loads += 1;
  });
  return seen;
}

/** Opens the line that waits, reads the verdict, and gives the summary as text. */
async function toSummary(page, open) {
  const yellow = page.locator(".story li", { has: page.locator(".tone-warn") }).first();
  await open(yellow.getByRole("link").first());
  const verdict = page.getByTestId("verdict");
  await expect(verdict.getByTestId("badge")).toContainText("Retrying");
  await expect(verdict).toContainText(/turn/);
  return page.locator("#summary");
}

/** By search box and links, as somebody who is signed in. */
async function fromOverview(page, javaScriptEnabled) {
  await page.goto("/console/c/1/");
  const seen = counted(page);
  let keys = 0;
  const search = page.getByTestId("search").getByRole("searchbox");
  if (javaScriptEnabled) {
    await page.keyboard.press("/");
    await expect(search).toBeFocused();
  } else {
    await search.click();
  }
  await page.keyboard.type("TRK-118");
  await page.keyboard.press("Enter");
  keys += 3;
  const summary = await toSummary(page, (link) => link.click());
  if (javaScriptEnabled) {
    await page.getByRole("button", { name: "Copy summary" }).click();
    await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  } else {
    await page.getByText("Summary as text").click();
    await expect(summary).toBeVisible();
  }
  await expect(summary).toContainText("TRK-118");
  await expect(summary).toContainText("Retrying.");
  expect(seen.loads, "loads").toBeLessThanOrEqual(LOADS_MAX);
  expect(keys, "key presses").toBeLessThanOrEqual(KEYS_MAX);
}

test("thirty seconds: from the overview to a summary for the customer", async ({ page, javaScriptEnabled }) => {
  await fromOverview(page, javaScriptEnabled);
});

test.describe("support", () => {
  test.use({ storageState: async ({ servers }, use) => use(servers.demo.signedIn.sam) });

  test("thirty seconds: the same as support, who sees no values", async ({ page, javaScriptEnabled }) => {
    await fromOverview(page, javaScriptEnabled);
    await expect(page.getByTestId("masked")).toBeVisible();
    await expect(page.locator("#request-body")).toContainText("•••");
  });
});

test("thirty seconds: the same by keys alone", async ({ page, javaScriptEnabled }) => {
  test.skip(!javaScriptEnabled, "single keys need a script; without one, Tab leads everywhere");
  await page.goto("/console/c/1/");
  const seen = counted(page);
  let keys = 0;
  const press = async (key) => {
    keys += 1;
    await page.keyboard.press(key);
  };
  await press("/");
  await page.keyboard.type("TRK-118");
  keys += 1;
  await press("Enter");
  await expect(page.locator(".story").first()).toBeVisible();
  const summary = await toSummary(page, () => press("e"));
  await press("c");
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await summary.textContent());
  await expect(summary).toContainText("Retrying.");
  expect(seen.loads, "loads").toBeLessThanOrEqual(LOADS_MAX);
  expect(keys, "key presses").toBeLessThanOrEqual(KEYS_MAX);
});
