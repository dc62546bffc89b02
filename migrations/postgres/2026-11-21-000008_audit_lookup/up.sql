-- The trail of one person or key, and of one kind of object in a company.
CREATE INDEX audit_by_actor ON audit (actor_kind, actor_id, id);
CREATE INDEX audit_by_kind ON audit (company_id, object_kind, id);
