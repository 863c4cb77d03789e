-- starts: events, points
-- increments: rollup_points_by_kind, points
SELECT `d0` AS `d0`, if(isFinite(`m0`), `m0`, NULL) AS `v0`
FROM (SELECT `d0`, ifNull((`sessions_with_id`), 0) + ifNull((`sessions_without_id`), 0) AS `m0`
FROM (SELECT `d0`, maxIf(u.numbers[1], u.of = 0) AS `sessions_with_id`, maxIf(u.numbers[1], u.of = 1) AS `sessions_without_id`
FROM (SELECT toString(`start_type`) AS `d0`, 0 AS of, [toNullable(toFloat64(uniqExactIf(`session_key`, `is_session` AND `session_key` != cityHash64(''))))] AS numbers
FROM (SELECT time, `session_id`, toString(start_type) AS start_type, cityHash64(session_id) AS session_key, true AS is_session
FROM (SELECT toDateTime(time, 'UTC') AS time, `start_type`, `session_id`
FROM (SELECT *, 0 AS is_covered
FROM (SELECT time, `start_type`, `session_id`, value AS increment
FROM points WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.session.count') AND temporality = 'delta' LIMIT 1 BY series, start_time, time, value
UNION ALL
SELECT * EXCEPT (reached, own_series, highest), greatest(0, reached - highest) AS increment
FROM (SELECT time, `start_type`, `session_id`, value AS reached, series AS own_series, max(value) OVER (PARTITION BY own_series, start_time ORDER BY time, value ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS highest
FROM points WHERE ((time >= (SELECT minOrNull(greatest(start_time, time - toIntervalDay(31)))
FROM points WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.session.count') AND temporality = 'cumulative') AND time < {to:DateTime64(3, 'UTC')})) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.session.count') AND temporality = 'cumulative') WHERE time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')})))
UNION ALL
SELECT time, `session_id`, '' AS start_type, session_key, is_session
FROM (SELECT toDateTime(time, 'UTC') AS time, `session_id`, cityHash64(session_id) AS `session_key`, `is_session` AS `is_session`
FROM (SELECT `time`, `session_id`, NOT (event IN ('mcp_server_connection', 'plugin_loaded', 'hook_registered', 'retention_sweep', 'managed_settings_resolved')) AS `is_session`
FROM events WHERE time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}
UNION ALL
SELECT `time`, `session_id`, NOT (metric = 'claude_code.session.count' AND start_type IN ('continue', 'resume', 'agents_view')) AS `is_session`
FROM points WHERE time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}
UNION ALL
SELECT `time`, `session_id`, 0 AS `is_session`
FROM (SELECT time, `session_id`, `temporality`, value AS increment
FROM points WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.active_time.total') AND temporality = 'delta' LIMIT 1 BY series, start_time, time, value
UNION ALL
SELECT * EXCEPT (reached, own_series, highest), greatest(0, reached - highest) AS increment
FROM (SELECT time, `session_id`, `temporality`, value AS reached, series AS own_series, max(value) OVER (PARTITION BY own_series, start_time ORDER BY time, value ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS highest
FROM points WHERE ((time >= (SELECT minOrNull(greatest(start_time, time - toIntervalDay(31)))
FROM points WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.active_time.total') AND temporality = 'cumulative') AND time < {to:DateTime64(3, 'UTC')})) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.active_time.total') AND temporality = 'cumulative') WHERE time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}) WHERE increment > 0 AND temporality = 'cumulative')) WHERE session_id NOT IN (SELECT session_id
FROM (SELECT toDateTime(time, 'UTC') AS time, `start_type`, `session_id`
FROM (SELECT *, 0 AS is_covered
FROM (SELECT time, `start_type`, `session_id`, value AS increment
FROM points WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.session.count') AND temporality = 'delta' LIMIT 1 BY series, start_time, time, value
UNION ALL
SELECT * EXCEPT (reached, own_series, highest), greatest(0, reached - highest) AS increment
FROM (SELECT time, `start_type`, `session_id`, value AS reached, series AS own_series, max(value) OVER (PARTITION BY own_series, start_time ORDER BY time, value ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS highest
FROM points WHERE ((time >= (SELECT minOrNull(greatest(start_time, time - toIntervalDay(31)))
FROM points WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.session.count') AND temporality = 'cumulative') AND time < {to:DateTime64(3, 'UTC')})) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.session.count') AND temporality = 'cumulative') WHERE time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}))))) AS rows WHERE 1 GROUP BY `d0`
UNION ALL
SELECT toString(`start_type`) AS `d0`, 1 AS of, [toNullable(toFloat64(round(sumIf(`increment_without_session`, `metric` = 'claude_code.session.count'), 6)))] AS numbers
FROM (SELECT time, `metric`, `start_type`, `increment_without_session`
FROM `rollup_points_by_kind` WHERE time >= toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)) AND time < toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}) AND `metric` IN ('claude_code.session.count')
UNION ALL
SELECT toDateTime(time, 'UTC') AS time, `metric`, `start_type`, if(session_id = '', increment, 0) AS `increment_without_session`
FROM (SELECT *, 0 AS is_covered
FROM (SELECT time, `metric`, `start_type`, `session_id`, value AS increment
FROM points WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} AND (time < toDateTime64(toStartOfFifteenMinutes({from:DateTime64(3, 'UTC')} + toIntervalMillisecond(899999)), 3, 'UTC') OR time >= toStartOfFifteenMinutes({to:DateTime64(3, 'UTC')}))) AND instrument = 'sum' AND value >= 0 AND value <= if(metric = 'claude_code.cost.usage', 1000000, 1000000000000) AND metric IN ('claude_code.session.count') AND temporality = 'delta' LIMIT 1 BY series, start_time, time, value))) AS rows WHERE 1 GROUP BY `d0`) AS u GROUP BY `d0`)) ORDER BY `d0` LIMIT 1000
