import { look, open } from "./look.js";
import { expect, test } from "./guard.js";
import { PAGES } from "./pages.js";

for (const { name, path, as = "maya", follow, status } of PAGES) {
  test.describe(name, () => {
    test.use({ storageState: async ({ servers }, use) => use(servers.demo.signedIn[as] ?? { cookies: [], origins: [] }) });

    test(`page ${name}`, async ({ page }) => {
      await open(page, path, follow ? 200 : status);
      if (follow) {
        await page.locator(follow).first().click();
        await expect(page).not.toHaveURL(path);
      }
      await look(page, ["pages", name]);
    });
  });
}
