import { createWebhook, expect, test } from "./company.js";

test.use({ storageState: async ({ signedIn }, use) => use(signedIn) });

test("link alerts in the matrix: tick, preview, save, undo", async ({ page, company, receiver }) => {
  const [depot, port] = company.alerts;
  await createWebhook(page, company, { name: "Matrix", url: `${receiver.url}/in`, alerts: [depot] });
  await page.locator("#nav").getByRole("link", { name: "Alert links" }).click();
  const box = (alert) => page.getByRole("checkbox", { name: `${alert.name}` });
  await expect(box(depot)).toBeChecked();
  await expect(box(port)).not.toBeChecked();
  await box(depot).uncheck();
  await box(port).check();
  await page.getByTestId("review").click();

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Change alert links?");
  await expect(page.locator("tbody tr")).toHaveCount(2);
  await page.getByTestId("save").click();
  await expect(page.locator("#flash")).toContainText("link was made and");
  await expect(box(depot)).not.toBeChecked();
  await expect(box(port)).toBeChecked();

  await page.getByTestId("undo").click();
  await expect(box(depot)).toBeChecked();
  await expect(box(port)).not.toBeChecked();

  await page.getByTestId("other-view").click();
  await expect(page.getByTestId(`alert-${depot.id}`).getByRole("checkbox", { name: "Matrix" })).toBeChecked();
});
