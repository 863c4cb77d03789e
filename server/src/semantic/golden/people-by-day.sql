-- everything: rollup_people_by_day, rollup_presence, events, points
SELECT formatDateTime(bucket, '%Y-%m-%dT%H:%i:%S.000Z', 'UTC') AS time, if(isFinite(`m0`), `m0`, NULL) AS `v0`
FROM (SELECT `bucket`, `active_users` AS `m0`
FROM (SELECT `bucket`, maxIf(u.numbers[1], u.of = 0) AS `active_users`
FROM (SELECT toStartOfDay(time, {tz:String}) AS bucket, 0 AS of, [toNullable(toFloat64(uniqExactIf(`person_key`, `is_active` AND `person_key` != cityHash64(''))))] AS numbers
FROM (SELECT arrayJoin([first_quarter, last_quarter]) AS time, if(person IN (SELECT person
FROM person_names), cityHash64(dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`))), cityHash64(person)) AS `person_key`, `is_active`
FROM `rollup_people_by_day` WHERE time >= toStartOfDay(toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)) + toIntervalSecond(86399)) AND time < toStartOfDay(toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}))
UNION ALL
SELECT time, if(person IN (SELECT person
FROM person_names), cityHash64(dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`))), cityHash64(person)) AS `person_key`, `is_active`
FROM `rollup_presence` WHERE (time < toStartOfDay(toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)) + toIntervalSecond(86399)) OR time >= toStartOfDay(toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}))) AND time >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)) AND time < toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')})
UNION ALL
SELECT toDateTime(time, 'UTC') AS time, cityHash64(person) AS `person_key`, `is_active` AS `is_active`
FROM (SELECT `time`, dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)) AS `person`, event IN ('user_prompt', 'api_request', 'tool_result') AS `is_active`
FROM events WHERE time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (time < toDateTime64(toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)), 3, 'UTC') OR time >= toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}))
UNION ALL
SELECT `time`, dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)) AS `person`, metric = 'claude_code.active_time.total' AND instrument = 'sum' AND temporality = 'delta' AND value > 0 AS `is_active`
FROM points WHERE time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (time < toDateTime64(toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)), 3, 'UTC') OR time >= toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')})))) AS rows WHERE 1 GROUP BY `bucket`) AS u GROUP BY `bucket`)) ORDER BY `bucket` LIMIT 1000
