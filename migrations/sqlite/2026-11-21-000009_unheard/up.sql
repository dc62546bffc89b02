-- Events that no webhook takes: what the overview warns of. Few, so the index costs the others nothing.
CREATE INDEX events_unheard ON events (company_id, id) WHERE candidates = 0;
