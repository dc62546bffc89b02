// Support sees names and types; the values with a reason, which the company reads.
import { createWebhook, expect, fire, reloadUntil, test } from "./company.js";
import { belfry } from "../servers.js";

async function signIn(page, { email, password }) {
  await page.context().clearCookies();
  await page.goto("/console/login");
  await page.getByLabel("E-mail").fill(email);
  await page.locator("#password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("Sign in");
}

test("support reveals a payload with a reason", async ({ page, servers, company, receiver }, { testId }) => {
  const support = { email: `sam-${testId.slice(-8)}@example.com`, password: "a password that nobody has" };
  const who = ["--email", support.email, "--name", "Sam Okafor", "--role", "support"];
  belfry(servers.empty.directory, ["user", "add", ...who], support.password);
  await signIn(page, company.alice);
  receiver.status = 503;
  await createWebhook(page, company, { name: "Masked", url: `${receiver.url}/in`, alerts: [company.alerts[0]] });
  const webhook = new URL(page.url()).pathname.split("/").at(-1);
  await fire(company, company.alerts[0]);
  const list = `${company.path}/deliveries?webhook=${webhook}`;

  await signIn(page, support);
  await page.goto(list);
  await reloadUntil(page, page.getByTestId("deliveries").locator("tbody tr").filter({ hasText: "Failed" }));
  await page.locator("tbody a").first().click();
  const body = page.locator("#request-body");
  const masked = page.getByTestId("masked");
  await expect(body).toContainText('"vehicleName": "•••"');
  await expect(page.locator("main")).not.toContainText("Depot Nord\"");
  await expect(page.getByText("Copy as cURL")).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Download" })).toHaveCount(0);

  await masked.getByLabel("Reason").fill("no");
  await masked.getByRole("button", { name: "Reveal" }).click();
  await expect(page.getByTestId("errors")).toContainText("Reason: Say why, in at least 3 characters.");
  await expect(masked.getByLabel("Reason")).toHaveValue("no");
  await expect(body).toContainText("•••");

  await masked.getByLabel("Reason").fill("ticket 4711");
  await masked.getByRole("button", { name: "Reveal" }).click();
  await expect(page.getByTestId("revealed")).toContainText("because “ticket 4711”; masked again at");
  await expect(masked).toHaveCount(0);
  await expect(body).toContainText('"vehicleName": "TRK-118"');
  await page.getByRole("link", { name: "Raw" }).click();
  await expect(body).toContainText('"geofenceName":"Depot Nord"');

  await signIn(page, company.alice);
  await page.goto(`${company.path}/audit?kind=delivery`);
  const entry = page.getByTestId("audit").locator("tbody tr").filter({ hasText: "Masked" }).first();
  await expect(entry).toContainText("Sam Okafor revealed the payload of Masked");
  await expect(entry).toContainText("ticket 4711");
});
