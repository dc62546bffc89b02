// What htmx exchanges does not move what is beside it.
import { expect, test } from "./guard.js";

test.use({ storageState: async ({ servers }, use) => use(servers.demo.signedIn.maya) });

/** Counts every move of something that was there before, also right after a click, which browsers excuse. */
async function countShifts(page) {
  await page.evaluate(() => {
    window.shifts = [];
    const note = ({ value, sources }) =>
      window.shifts.push({ value, what: sources.map(({ node }) => node?.outerHTML?.slice(0, 80)) });
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type: "layout-shift" });
  });
}

/** What moved, after two frames in which it could. */
const shifts = (page) =>
  page.evaluate(() => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(window.shifts))));
  }));

test("another attempt of a delivery", async ({ page }) => {
  await page.goto("/console/c/1/deliveries?status=retrying");
  await page.getByRole("row").filter({ hasText: /Retrying [3-9]/ }).first().getByRole("link").click();
  await expect(page.getByTestId("attempt")).toBeVisible();
  await countShifts(page);
  await page.getByRole("link", { name: "Attempt 1", exact: true }).click();
  await expect(page).toHaveURL(/attempts\/1(\?|$)/);
  await expect(page.getByRole("link", { name: "Attempt 1", exact: true })).toHaveAttribute("aria-current", "page");
  expect(await shifts(page)).toEqual([]);
});

test("a filter of the deliveries", async ({ page }) => {
  await page.goto("/console/c/1/deliveries");
  await countShifts(page);
  const answer = page.waitForResponse((response) => response.url().includes("webhook="));
  await page.locator("#webhook").selectOption({ label: "Audit sink" });
  await answer;
  await expect(page).toHaveURL(/webhook=/);
  await expect(page.getByTestId("active-filters")).toContainText("Audit sink");
  expect(await shifts(page)).toEqual([]);
});
