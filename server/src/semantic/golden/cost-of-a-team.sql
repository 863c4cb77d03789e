-- requests: rollup_requests, events
SELECT if(isFinite(`m0`), `m0`, NULL) AS `v0`
FROM (SELECT if(isNull((`cost_usd_of_requests`)), (`cost_usd_of_counters`), (`cost_usd_of_requests`) + ifNull((`cost_usd_of_counters`), 0)) AS `m0`
FROM (SELECT maxIf(u.numbers[1], u.of = 0) AS `cost_usd_of_requests`, toNullable(0.) AS `cost_usd_of_counters`
FROM (SELECT 0 AS of, [toNullable(toFloat64(sum(`cost_nano_usd`) / 1e9))] AS numbers
FROM (SELECT time, dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)) AS `person`, `label_team`, `cost_nano_usd`
FROM `rollup_requests` WHERE time >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)) AND time < toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')})
UNION ALL
SELECT toDateTime(time, 'UTC') AS time, `person`, `label_team`, toInt128(`cost_nano_usd`) AS `cost_nano_usd`
FROM (SELECT time, dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)) AS `person`, `label_team`, `cost_nano_usd`
FROM events WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (time < toDateTime64(toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)), 3, 'UTC') OR time >= toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}))) AND event = 'api_request' LIMIT 1 BY cityHash64(multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))), xxHash64(multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))), toStartOfHour(time))) AS rows WHERE 1 AND coalesce(nullIf(dictGetOrDefault('directory_of', 'team', tuple(toString(`person`)), toDate(time), ''), ''), toString(`label_team`)) IN {bound_0:Array(String)}) AS u)) LIMIT 1000
