import { expect, test } from "./company.js";

test("sign in, land where one wanted to go, sign out", async ({ page, company }) => {
  const { alice, path } = company;
  await page.goto(`${path}/deliveries?status=failed`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");

  await page.getByLabel("E-mail").fill(alice.email);
  await page.locator("#password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByTestId("sign-in-problem")).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue(alice.email);
  await expect(page.locator("#password")).toHaveValue("");

  await page.locator("#password").fill(alice.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${path}/deliveries?status=failed`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Deliveries");

  await page.getByTestId("user-menu").locator("summary").click();
  await page.getByTestId("sign-out").click();
  await page.goto(`${path}/deliveries`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
});

test("somebody who is invited chooses a password and signs in with it", async ({ page, company, invited }) => {
  const password = "a password that nobody has";
  await page.goto(invited.path);
  await page.locator("#password").fill(password);
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByLabel("E-mail").fill(invited.email);
  await page.locator("#password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(new RegExp(company.path));
});

test("@script a password can be shown and hidden again", async ({ page, company }) => {
  await page.goto("/console/login");
  const password = page.locator("#password");
  await password.fill(company.alice.password);
  await page.getByRole("button", { name: "Show Password" }).click();
  await expect(password).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: "Show Password" }).click();
  await expect(password).toHaveAttribute("type", "password");
});
