-- events: rollup_events, events
SELECT `d0` AS `d0`, if(isFinite(`m0`), `m0`, NULL) AS `v0`
FROM (SELECT `d0`, `tool_duration_p95_ms` AS `m0`
FROM (SELECT `d0`, maxIf(u.numbers[1], u.of = 0) AS `tool_duration_p95_ms`
FROM (SELECT toString(`tool_name`) AS `d0`, 0 AS of, [toNullable(toFloat64(quantileExactArrayOrNull(0.95)(`tool_durations_ms`)))] AS numbers
FROM (SELECT time, `tool_name`, `tool_durations_ms`
FROM `rollup_events` WHERE time >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)) AND time < toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}) AND `event` IN ('tool_result')
UNION ALL
SELECT toDateTime(time, 'UTC') AS time, `tool_name`, if(`event` = 'tool_result', [toUInt32(least(greatest(`duration_ms`, 0), 4294967295))], []) AS `tool_durations_ms`
FROM (SELECT time, `tool_name`, `event`, `duration_ms`
FROM events WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (time < toDateTime64(toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)), 3, 'UTC') OR time >= toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}))) AND event IN ('tool_result'))) AS rows WHERE 1 GROUP BY `d0`) AS u GROUP BY `d0`)) ORDER BY `v0` DESC NULLS LAST, `d0` LIMIT 1000
