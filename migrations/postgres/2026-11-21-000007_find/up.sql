-- The newest events of a vehicle by its name. Under the collation "C", lower() folds ASCII letters alone and texts are in
-- the order of their bytes, as on SQLite.
ALTER TABLE events ALTER COLUMN vehicle_name TYPE TEXT COLLATE "C";
CREATE INDEX events_by_vehicle ON events (company_id, lower(vehicle_name), id);

-- A vehicle by what else is known of it.
ALTER TABLE alert_units ALTER COLUMN name TYPE TEXT COLLATE "C";
CREATE INDEX alert_units_by_vehicle ON alert_units (vehicle_id);
CREATE INDEX alert_units_by_imei ON alert_units (imei);
CREATE INDEX alert_units_by_vin ON alert_units (vin);
