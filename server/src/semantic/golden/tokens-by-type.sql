-- token_rows: events
SELECT `d0` AS `d0`, if(isFinite(`m0`), `m0`, NULL) AS `v0`
FROM (SELECT `d0`, if(isNull((`tokens_of_requests`)), (`tokens_of_counters`), (`tokens_of_requests`) + ifNull((`tokens_of_counters`), 0)) AS `m0`
FROM (SELECT `d0`, maxIf(u.numbers[1], u.of = 0) AS `tokens_of_requests`, maxIf(u.numbers[1], u.of = 1) AS `tokens_of_counters`
FROM (SELECT `token_type` AS `d0`, 0 AS of, [toNullable(toFloat64(sum(`token_count`)))] AS numbers
FROM (SELECT *, token.1 AS token_type, token.2 AS token_count
FROM (SELECT toDateTime(time, 'UTC') AS time, toInt128(if(`input_tokens` BETWEEN -1000000000000 AND 1000000000000, `input_tokens`, 0)) AS `input_tokens`, toInt128(if(`output_tokens` BETWEEN -1000000000000 AND 1000000000000, `output_tokens`, 0)) AS `output_tokens`, toInt128(if(`cache_read_tokens` BETWEEN -1000000000000 AND 1000000000000, `cache_read_tokens`, 0)) AS `cache_read_tokens`, toInt128(if(`cache_creation_tokens` BETWEEN -1000000000000 AND 1000000000000, `cache_creation_tokens`, 0)) AS `cache_creation_tokens`
FROM (SELECT time, `input_tokens`, `output_tokens`, `cache_read_tokens`, `cache_creation_tokens`
FROM events WHERE (time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}) AND event = 'api_request' LIMIT 1 BY cityHash64(multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))), xxHash64(multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))), toStartOfHour(time))) ARRAY JOIN [('input', input_tokens), ('output', output_tokens), ('cacheRead', cache_read_tokens), ('cacheCreation', cache_creation_tokens)] AS token) AS rows WHERE 1 GROUP BY `d0`) AS u GROUP BY `d0`)) ORDER BY `d0` LIMIT 1000
