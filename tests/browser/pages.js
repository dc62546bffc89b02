// Every page of the demo, one line each: what its pictures are called, where it is, who looks at it (Maya, who may do
// everything in her company, unless said), and which link to follow from there, for pages whose address nobody knows.
const NORTHLINE = "/console/c/1";

/** @type {{ name: string, path: string, as?: string, follow?: string, status?: number }[]} */
export const PAGES = [
  { name: "login", path: "/console/login", as: "nobody" },
  { name: "deliveries", path: `${NORTHLINE}/deliveries` },
  { name: "deliveries-failed", path: `${NORTHLINE}/deliveries?status=failed` },
  { name: "deliveries-of-one", path: `${NORTHLINE}/deliveries?webhook=1` },
  { name: "delivery-delivered", path: `${NORTHLINE}/deliveries?status=delivered`, follow: "tbody a" },
  { name: "delivery-failed", path: `${NORTHLINE}/deliveries?status=failed`, follow: "tbody a" },
  { name: "delivery-retrying", path: `${NORTHLINE}/deliveries?status=retrying`, follow: "tbody a" },
  { name: "delivery-not-sent", path: `${NORTHLINE}/deliveries?status=not_sent`, follow: "tbody a" },
  { name: "replays", path: `${NORTHLINE}/replays` },
  { name: "replay-new", path: `${NORTHLINE}/replays/new?status=failed` },
  { name: "webhooks", path: `${NORTHLINE}/webhooks` },
  { name: "webhooks-no-match", path: `${NORTHLINE}/webhooks?q=nowhere` },
  { name: "webhook-failing", path: `${NORTHLINE}/webhooks?q=dispatch`, follow: "tbody a" },
  { name: "webhook-healthy", path: `${NORTHLINE}/webhooks?q=audit`, follow: "tbody a" },
  { name: "webhook-inactive", path: `${NORTHLINE}/webhooks?q=legacy`, follow: "tbody a" },
  { name: "webhook-new", path: `${NORTHLINE}/webhooks/new` },
  { name: "webhook-edit", path: `${NORTHLINE}/webhooks/1/edit` },
  { name: "webhook-links", path: `${NORTHLINE}/webhooks/1/alert-links` },
  { name: "webhook-test", path: `${NORTHLINE}/webhooks/1/test` },
  { name: "webhook-pause", path: `${NORTHLINE}/webhooks/1/pause` },
  { name: "webhook-delete", path: `${NORTHLINE}/webhooks/1/delete` },
  { name: "webhook-viewer", path: `${NORTHLINE}/webhooks/1`, as: "jonas" },
  { name: "webhooks-all", path: "/console/c/all/webhooks", as: "sam" },
  { name: "users", path: `${NORTHLINE}/users` },
  { name: "user-new", path: `${NORTHLINE}/users/new` },
  { name: "user-edit", path: `${NORTHLINE}/users`, follow: "tbody a" },
  { name: "api-keys", path: `${NORTHLINE}/api-keys` },
  { name: "api-key-new", path: `${NORTHLINE}/api-keys/new` },
  { name: "audit", path: `${NORTHLINE}/audit` },
  { name: "forbidden", path: `${NORTHLINE}/webhooks/new`, as: "jonas", status: 403 },
  { name: "missing", path: `${NORTHLINE}/webhooks/4000`, status: 404 },
];
