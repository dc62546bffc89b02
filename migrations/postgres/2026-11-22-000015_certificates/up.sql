-- Until when the receiver's certificate was valid, as an attempt saw it; NULL where none was seen or its end is not known.
ALTER TABLE attempts ADD COLUMN cert_until BIGINT;

-- The certificate that was seen last: of which host and port, until when it is valid, and when it was seen.
ALTER TABLE webhook_stats ADD COLUMN cert_host TEXT;
ALTER TABLE webhook_stats ADD COLUMN cert_until BIGINT;
ALTER TABLE webhook_stats ADD COLUMN cert_seen_at BIGINT;
