import { createHmac } from "node:crypto";
import { createWebhook, expect, fire, reloadUntil, test } from "./company.js";

test.use({ storageState: async ({ signedIn }, use) => use(signedIn) });

const basic = `Basic ${Buffer.from("belfry:p4ssw0rd-of-ours").toString("base64")}`;
/** Each auth type: what is typed, and what arrives. */
const AUTH_TYPES = [
  { auth: "none", secrets: {}, arrives: ({ headers }) => [headers.authorization, undefined] },
  { auth: "basic", secrets: { userName: "belfry", password: "p4ssw0rd-of-ours" }, arrives: ({ headers }) => [headers.authorization, basic] },
  { auth: "querystring", secrets: { "token-querystring": "tok_query" }, arrives: ({ url }) => [new URL(url, "http://a").searchParams.get("token"), "tok_query"] },
  { auth: "authheader", secrets: { "token-authheader": "Splunk tok_auth" }, arrives: ({ headers }) => [headers.authorization, "Splunk tok_auth"] },
  { auth: "header", secrets: { "token-header": "tok_header" }, arrives: ({ headers }) => [headers["x-api-key"], "tok_header"] },
  { auth: "bearer", secrets: { "token-bearer": "tok_bearer" }, arrives: ({ headers }) => [headers.authorization, "Bearer tok_bearer"] },
];

for (const { auth, secrets, arrives } of AUTH_TYPES) {
  test(`create a webhook with auth type ${auth} and send it a test`, async ({ page, company, receiver }) => {
    const name = `Auth ${auth}`;
    await createWebhook(page, company, { name, url: `${receiver.url}/in`, auth, secrets });
    await expect(page.locator("#flash")).toContainText(`Webhook ${name} was created`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    for (const secret of Object.values(secrets).filter((value) => value !== "belfry")) {
      await expect(page.locator("body"), "a secret is not shown again").not.toContainText(secret);
    }

    await page.getByTestId("test").click();
    await page.getByTestId("send-test").click();
    const delivered = page.getByTestId("badge").filter({ hasText: "Delivered" }).first();
    await reloadUntil(page, delivered);
    expect(receiver.to("/in")).toHaveLength(1);
    const [is, should] = arrives(receiver.to("/in")[0]);
    expect(is).toBe(should);
  });
}

test("a form with mistakes comes back as it was typed, and says what is wrong", async ({ page, company, javaScriptEnabled }) => {
  await createWebhook(page, company, { name: "Ours", url: "https://user@10.0.0.1/in", auth: "bearer" });
  const errors = page.locator(".errors");
  await expect(errors.getByRole("heading")).toHaveText("There is a problem");
  if (javaScriptEnabled) await expect(errors).toBeFocused();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Ours");
  await expect(page.getByLabel("URL", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await errors.getByRole("link").first().click();
  expect(new URL(page.url()).hash).toBe("#url");
});

test("link alerts: what is linked arrives, what is not does not", async ({ page, company, receiver }) => {
  const [depot, , battery] = company.alerts;
  await createWebhook(page, company, { name: "Linked", url: `${receiver.url}/linked` });
  await page.locator(".tabs").getByRole("link", { name: "Alert links" }).click();
  await page.locator(`input[name=alertIds][value="${depot.id}"]`).check();
  await page.getByTestId("save-links").click();
  await expect(page.locator("#flash")).toContainText("1 alert");

  await fire(company, battery, "TRK-202");
  await fire(company, depot, "TRK-201");
  await expect.poll(() => receiver.to("/linked").length).toBe(1);
  expect(receiver.to("/linked")[0].body).toContain("TRK-201");
  await page.goto(`${company.path}/deliveries?status=delivered`);
  await reloadUntil(page, page.getByRole("row").filter({ hasText: "TRK-201" }).filter({ hasText: "Linked" }));
  await expect(page.getByRole("row").filter({ hasText: "TRK-202" }).filter({ hasText: "Linked" })).toHaveCount(0);
});

test("replace the signing secret: it is shown once, and signs from then on", async ({ page, company, receiver }) => {
  await createWebhook(page, company, { name: "Signed", url: `${receiver.url}/signed`, sign: true, alerts: [company.alerts[0]] });
  const first = await page.locator("#secret").textContent();
  await page.getByTestId("continue").click();

  await page.getByRole("link", { name: "Auth and signing" }).click();
  await page.getByLabel("At once").check();
  await page.getByTestId("replace-secret").click();
  const second = await page.locator("#secret").textContent();
  expect(second).not.toBe(first);
  await page.reload();
  await expect(page.locator("body"), "shown once").not.toContainText(second);

  await fire(company, company.alerts[0]);
  await expect.poll(() => receiver.to("/signed").length).toBe(1);
  const { body, headers } = receiver.to("/signed")[0];
  const expected = `sha256=${createHmac("sha256", second).update(body).digest("hex")}`;
  expect(Object.values(headers)).toContain(expected);
});

test("replace the signing secret with an overlap: the old one signs until it is ended", async ({ page, company, receiver }) => {
  await createWebhook(page, company, { name: "Overlap", url: `${receiver.url}/overlap`, sign: true, alerts: [company.alerts[0]] });
  const first = await page.locator("#secret").textContent();
  await page.getByTestId("continue").click();
  await page.getByRole("link", { name: "Auth and signing" }).click();
  await expect(page.getByLabel("24 hours")).toBeChecked();
  await page.getByTestId("replace-secret").click();
  const second = await page.locator("#secret").textContent();
  await expect(page.locator("#flash")).toContainText("The old secret signs until");
  await page.getByText("Node.js", { exact: true }).click();
  await expect(page.getByLabel("Node.js example")).toContainText("X-Telemax-Signature");
  await page.getByTestId("continue").click();

  const signedWith = (secret, { body, headers }) => Object.values(headers).includes(`sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
  await fire(company, company.alerts[0]);
  await expect.poll(() => receiver.to("/overlap").length).toBe(1);
  expect(signedWith(first, receiver.to("/overlap")[0]), "the old one still signs").toBe(true);

  await page.getByRole("link", { name: "Auth and signing" }).click();
  await expect(page.getByTestId("secrets").getByRole("row")).toHaveCount(3);
  await page.getByTestId("end-overlap").click();
  await expect(page.getByTestId("secrets").getByRole("row")).toHaveCount(2);
  await fire(company, company.alerts[0], "TRK-119");
  await expect.poll(() => receiver.to("/overlap").length).toBe(2);
  expect(signedWith(second, receiver.to("/overlap")[1]), "now the new one does").toBe(true);
});

test("an earlier version comes back, and goes again", async ({ page, company, receiver }) => {
  await createWebhook(page, company, { name: "First name", url: `${receiver.url}/versions` });
  await page.getByTestId("edit").click();
  await page.getByLabel("Name", { exact: true }).fill("Second name");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("link", { name: "History" }).click();
  await page.getByRole("link", { name: "Version 1" }).click();
  await expect(page.getByTestId("differs")).toHaveCount(1);
  await page.getByRole("button", { name: "Restore version 1" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("First name");
  await page.getByTestId("undo").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Second name");
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByTestId("history").getByText("restored an earlier version")).toHaveCount(2);
});

test("pause holds events, and resuming sends them", async ({ page, company, receiver }) => {
  await createWebhook(page, company, { name: "Held", url: `${receiver.url}/held`, alerts: [company.alerts[1]] });
  await page.getByTestId("pause").click();
  await page.getByLabel("Reason").fill("Their maintenance window");
  await page.getByRole("button", { name: "Pause webhook" }).click();
  await expect(page.locator("#flash")).toContainText("Held is paused");

  await fire(company, company.alerts[1], "TRK-301");
  await page.goto(`${company.path}/deliveries`);
  const row = page.getByRole("row").filter({ hasText: "TRK-301" }).filter({ hasText: "Held" });
  await reloadUntil(page, row);
  expect(receiver.to("/held")).toHaveLength(0);

  await page.goto(`${company.path}/webhooks?q=Held`);
  await page.locator("tbody a").first().click();
  await page.getByTestId("resume").click();
  await expect(page.getByTestId("pause")).toContainText("Their maintenance window");
  await page.getByRole("button", { name: "Resume webhook" }).click();
  await expect(page.locator("#flash")).toContainText("Held is resumed");
  await expect.poll(() => receiver.to("/held").length).toBe(1);
});
