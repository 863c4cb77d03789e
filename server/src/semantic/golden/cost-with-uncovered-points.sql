-- requests: rollup_requests_by_kind, events
-- increments_without_requests: rollup_points, points
SELECT if(isFinite(`m0`), `m0`, NULL) AS `v0`
FROM (SELECT if(isNull((`cost_usd_of_requests`)), (`cost_usd_of_counters`), (`cost_usd_of_requests`) + ifNull((`cost_usd_of_counters`), 0)) AS `m0`
FROM (SELECT maxIf(u.numbers[1], u.of = 0) AS `cost_usd_of_requests`, maxIf(u.numbers[1], u.of = 1) AS `cost_usd_of_counters`
FROM (SELECT 0 AS of, [toNullable(toFloat64(sum(`cost_nano_usd`) / 1e9))] AS numbers
FROM (SELECT time, `cost_nano_usd`
FROM `rollup_requests_by_kind` WHERE time >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)) AND time < toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')})
UNION ALL
SELECT toDateTime(time, 'UTC') AS time, toInt128(`cost_nano_usd`) AS `cost_nano_usd`
FROM (SELECT time, `cost_nano_usd`
FROM events WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (time < toDateTime64(toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)), 3, 'UTC') OR time >= toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}))) AND event = 'api_request' LIMIT 1 BY cityHash64(multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))), xxHash64(multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))), toStartOfHour(time))) AS rows WHERE 1
UNION ALL
SELECT 1 AS of, [toNullable(toFloat64(round(sumIf(`increment`, `metric` = 'claude_code.cost.usage'), 9)))] AS numbers
FROM (SELECT *
FROM (SELECT time, `metric`, dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)) AS `person`, `session_id`, `increment`, `is_covered`
FROM `rollup_points` WHERE time >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)) AND time < toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}) AND `metric` IN ('claude_code.cost.usage')
UNION ALL
SELECT toDateTime(time, 'UTC') AS time, `metric`, `person`, `session_id`, `increment` AS `increment`, `is_covered` AS `is_covered`
FROM (SELECT *, 0 AS is_covered
FROM (SELECT time, `metric`, dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)) AS `person`, `session_id`, value AS increment
FROM points WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (time < toDateTime64(toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)), 3, 'UTC') OR time >= toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}))) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.cost.usage') AND temporality = 'delta' LIMIT 1 BY series, start_time, time, value))) WHERE NOT is_covered AND toString(cityHash64((session_id, if(session_id = '', toString(person), ''), if(session_id = '', toStartOfHour(time), toStartOfDay(time))))) IN {bound_0:Array(String)}) AS rows WHERE 1) AS u)) LIMIT 1000
