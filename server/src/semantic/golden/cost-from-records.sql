-- requests: events
-- increments_without_requests: points
SELECT if(isFinite(`m0`), `m0`, NULL) AS `v0`
FROM (SELECT if(isNull((`cost_usd_of_requests`)), (`cost_usd_of_counters`), (`cost_usd_of_requests`) + ifNull((`cost_usd_of_counters`), 0)) AS `m0`
FROM (SELECT maxIf(u.numbers[1], u.of = 0) AS `cost_usd_of_requests`, maxIf(u.numbers[1], u.of = 1) AS `cost_usd_of_counters`
FROM (SELECT 0 AS of, [toNullable(toFloat64(sum(`cost_nano_usd`) / 1e9))] AS numbers
FROM (SELECT toDateTime(time, 'UTC') AS time, toInt128(`cost_nano_usd`) AS `cost_nano_usd`
FROM (SELECT time, `cost_nano_usd`
FROM events WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}) AND event = 'api_request' LIMIT 1 BY cityHash64(multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))), xxHash64(multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))), toStartOfHour(time))) AS rows WHERE 1
UNION ALL
SELECT 1 AS of, [toNullable(toFloat64(round(sumIf(`increment`, `metric` = 'claude_code.cost.usage'), 9)))] AS numbers
FROM (WITH (SELECT (minIf(time, session_id != ''), maxIf(time, session_id != ''), minIf(time, session_id = ''), maxIf(time, session_id = ''))
FROM (SELECT time, session_id, dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)) AS person
FROM points WHERE time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (1) AND metric IN ('claude_code.cost.usage'))) AS extent SELECT *
FROM (SELECT toDateTime(time, 'UTC') AS time, `metric`, `person`, `session_id`, `increment` AS `increment`, `is_covered` AS `is_covered`
FROM (SELECT *, 0 AS is_covered
FROM (SELECT time, `metric`, dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)) AS `person`, `session_id`, value AS increment
FROM points WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.cost.usage') AND temporality = 'delta' LIMIT 1 BY series, start_time, time, value
UNION ALL
SELECT * EXCEPT (reached, own_series, highest), greatest(0, reached - highest) AS increment
FROM (SELECT time, `metric`, dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)) AS `person`, `session_id`, value AS reached, series AS own_series, max(value) OVER (PARTITION BY own_series, start_time ORDER BY time, value ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS highest
FROM points WHERE ((time >= (SELECT minOrNull(greatest(start_time, time - toIntervalDay(31)))
FROM points WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.cost.usage') AND temporality = 'cumulative') AND time < {to:DateTime64(3, 'UTC')})) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.cost.usage') AND temporality = 'cumulative') WHERE time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}))) WHERE NOT is_covered AND (session_id, if(session_id = '', toString(person), ''), if(session_id = '', toStartOfHour(time), toStartOfDay(time))) NOT IN (SELECT arrayJoin(arrayConcat(arrayMap(day -> (session_id, '', toStartOfDay(time) + toIntervalDay(day)), if(session_id = '', [], [-1, 0, 1])), arrayMap(at -> ('', dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)), toStartOfHour(at)), [time, last_covered])))
FROM (SELECT time, time + toIntervalMinute(2) AS last_covered, session_id, person
FROM events WHERE time >= toStartOfDay({from:DateTime64(3, 'UTC')}) - toIntervalDay(1) AND time < toDateTime64(toStartOfDay({to:DateTime64(3, 'UTC')}) + toIntervalDay(2), 3, 'UTC') AND event = 'api_request') WHERE (time >= extent.1 - toIntervalDay(2) AND time < extent.2 + toIntervalDay(2) AND session_id IN (SELECT session_id
FROM (SELECT time, session_id, dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)) AS person
FROM points WHERE time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (1) AND metric IN ('claude_code.cost.usage')) WHERE session_id != '')) OR (time >= extent.3 - toIntervalDay(2) AND time < extent.4 + toIntervalDay(2) AND toString(person) IN (SELECT person
FROM (SELECT time, session_id, dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)) AS person
FROM points WHERE time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (1) AND metric IN ('claude_code.cost.usage')) WHERE session_id = ''
UNION ALL
SELECT person
FROM person_names WHERE name IN (SELECT person
FROM (SELECT time, session_id, dictGetOrDefault('person_name_of', 'name', tuple(toString(`person`)), toString(`person`)) AS person
FROM points WHERE time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (1) AND metric IN ('claude_code.cost.usage')) WHERE session_id = ''))))) AS rows WHERE 1) AS u)) LIMIT 1000
