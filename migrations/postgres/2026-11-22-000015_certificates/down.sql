ALTER TABLE webhook_stats DROP COLUMN cert_seen_at;
ALTER TABLE webhook_stats DROP COLUMN cert_until;
ALTER TABLE webhook_stats DROP COLUMN cert_host;
ALTER TABLE attempts DROP COLUMN cert_until;
