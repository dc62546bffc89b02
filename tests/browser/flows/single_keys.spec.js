// Single keys in the demo: they move, open, filter and go places; not while somebody types, and not once switched off.
import { expect, test } from "../guard.js";

const NORTHLINE = "/console/c/1";
test.use({ storageState: async ({ servers }, use) => use(servers.demo.signedIn.maya) });

const focusIn = (page, selector) =>
  page.evaluate((selector) => document.activeElement.closest(selector) !== null, selector);

test("single keys go places @script", async ({ page }) => {
  await page.goto(`${NORTHLINE}/`);
  for (const [key, path] of [["d", "deliveries"], ["w", "webhooks"], ["f", "find"], ["o", ""]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await expect(page).toHaveURL(`${NORTHLINE}/${path}`);
  }
  await page.keyboard.press("/");
  await page.keyboard.type("gd?");
  await expect(page.getByTestId("search").getByRole("searchbox"), "typing is typing").toHaveValue("gd?");
});

test("single keys walk through a list and a delivery @script", async ({ page }) => {
  await page.goto(`${NORTHLINE}/deliveries`);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("j");
  const second = page.locator("tbody tr").nth(1).locator("a").first();
  await expect(second).toBeFocused();
  const path = await second.getAttribute("href");
  await page.keyboard.press("x");
  await expect(page.locator("tbody tr").nth(1).getByRole("checkbox")).toBeChecked();
  await expect(page.getByTestId("choose").getByRole("button")).toHaveText("Redeliver 1 chosen…");
  await page.keyboard.press("x");
  await expect(page.locator("tbody :checked")).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(path);
  await page.goto(`${NORTHLINE}/deliveries`);
  await page.keyboard.press("f");
  expect(await focusIn(page, ".filter-box[open]"), "f opens the filters").toBe(true);
  await page.goto(`${NORTHLINE}/deliveries`);
  await page.keyboard.press("]");
  await expect(page).toHaveURL(/before=/);
  await page.keyboard.press("[");
  await expect(page).toHaveURL(/after=/);
  await page.goto(`${NORTHLINE}/deliveries?status=failed`);
  await page.locator("tbody a").first().click();
  await expect(page).toHaveURL(/deliveries\/\d+/);
  await page.keyboard.press("r");
  await expect(page.getByTestId("redeliver"), "r asks first").toBeVisible();
});

test("single keys can be switched off", async ({ page, javaScriptEnabled }) => {
  await page.goto(`${NORTHLINE}/keyboard`);
  await page.getByTestId("keys-off").click();
  await expect(page.locator("#flash")).toContainText("Single keys are off");
  if (javaScriptEnabled) {
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await page.keyboard.press("/");
    await expect(page).toHaveURL(`${NORTHLINE}/keyboard`);
    expect(await focusIn(page, "input"), "/ too").toBe(false);
  }
  await page.getByTestId("keys-on").click();
  await expect(page.getByTestId("keys-off")).toBeVisible();
});

test("another company, the same page", async ({ page }) => {
  await page.goto(`${NORTHLINE}/deliveries?status=failed&webhook=1`);
  await page.getByTestId("company-switcher").locator("summary").click();
  await page.getByTestId("company-switcher").getByRole("link").nth(1).click();
  await expect(page).toHaveURL(/\/console\/c\/(?!1\/)\d+\/deliveries\?status=failed$/);
});
