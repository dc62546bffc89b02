-- The events of a vehicle by its name, in blocks of 16,384 events. An event touches the index near its newest entries
-- and never far behind: an index by name alone has as many places to write as there are vehicles, which costs taking an
-- event in ten times as much. To look a name up is one step in each block. lower() folds ASCII letters alone, on both
-- databases.
CREATE INDEX events_by_vehicle ON events (id >> 14, lower(vehicle_name), company_id);

-- A vehicle by what else is known of it.
CREATE INDEX alert_units_by_vehicle ON alert_units (vehicle_id);
CREATE INDEX alert_units_by_imei ON alert_units (imei);
CREATE INDEX alert_units_by_vin ON alert_units (vin);
