-- The newest events of a vehicle by its name. The row's number is the last part of every index here, so the events of a
-- name lie in the order in which they came. lower() folds ASCII letters alone, on both databases.
CREATE INDEX events_by_vehicle ON events (company_id, lower(vehicle_name));

-- A vehicle by what else is known of it.
CREATE INDEX alert_units_by_vehicle ON alert_units (vehicle_id);
CREATE INDEX alert_units_by_imei ON alert_units (imei);
CREATE INDEX alert_units_by_vin ON alert_units (vin);
