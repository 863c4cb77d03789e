-- increments: rollup_points_by_kind, points
SELECT formatDateTime(bucket, '%Y-%m-%dT%H:%i:%S.000Z', 'UTC') AS time, if(isFinite(`m0`), `m0`, NULL) AS `v0`
FROM (SELECT `bucket`, `commits` AS `m0`
FROM (SELECT `bucket`, maxIf(u.numbers[1], u.of = 0) AS `commits`
FROM (SELECT toStartOfHour(time, {tz:String}) AS bucket, 0 AS of, [toNullable(toFloat64(round(sumIf(`increment`, `metric` = 'claude_code.commit.count'), 6)))] AS numbers
FROM (SELECT time, `metric`, `increment`
FROM `rollup_points_by_kind` WHERE time >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)) AND time < toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}) AND `metric` IN ('claude_code.commit.count')
UNION ALL
SELECT toDateTime(time, 'UTC') AS time, `metric`, `increment` AS `increment`
FROM (SELECT *, 0 AS is_covered
FROM (SELECT time, `metric`, value AS increment
FROM points WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (time < toDateTime64(toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)), 3, 'UTC') OR time >= toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}))) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.commit.count') AND temporality = 'delta' LIMIT 1 BY series, start_time, time, value))) AS rows WHERE 1 GROUP BY `bucket`) AS u GROUP BY `bucket`)) ORDER BY `bucket` LIMIT 1000
