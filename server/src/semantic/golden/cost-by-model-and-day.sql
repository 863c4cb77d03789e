-- requests: rollup_requests_by_kind, events
SELECT formatDateTime(bucket, '%Y-%m-%dT%H:%i:%S.000Z', 'UTC') AS time, `d0` AS `d0`, if(isFinite(`m0`), `m0`, NULL) AS `v0`
FROM (SELECT `bucket`, `d0`, if(isNull((`cost_usd_of_requests`)), (`cost_usd_of_counters`), (`cost_usd_of_requests`) + ifNull((`cost_usd_of_counters`), 0)) AS `m0`
FROM (SELECT `bucket`, `d0`, maxIf(u.numbers[1], u.of = 0) AS `cost_usd_of_requests`, maxIf(u.numbers[1], u.of = 1) AS `cost_usd_of_counters`
FROM (SELECT toStartOfDay(time, {tz:String}) AS bucket, replaceRegexpOne(toString(`model`), '\\[[^\\]]*\\]$', '') AS `d0`, 0 AS of, [toNullable(toFloat64(sum(`cost_nano_usd`) / 1e9))] AS numbers
FROM (SELECT time, `model`, `cost_nano_usd`
FROM `rollup_requests_by_kind` WHERE time >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)) AND time < toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')})
UNION ALL
SELECT toDateTime(time, 'UTC') AS time, `model`, toInt128(`cost_nano_usd`) AS `cost_nano_usd`
FROM (SELECT time, `model`, `cost_nano_usd`
FROM events WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (time < toDateTime64(toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)), 3, 'UTC') OR time >= toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}))) AND event = 'api_request' LIMIT 1 BY cityHash64(multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))), xxHash64(multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))), toStartOfHour(time))) AS rows WHERE 1 GROUP BY `bucket`, `d0`) AS u GROUP BY `bucket`, `d0`)) ORDER BY `bucket`, `d0` LIMIT 1000
