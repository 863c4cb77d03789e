#!/bin/sh
# Reports one session with one request to a model and one tool call, as OTLP/JSON: the same that Claude Code would send, with no
# library. For scripts, and to see what the wire is like.
#
#     PURSER_KEY=… sh examples/emit.sh http://127.0.0.1:4318
#
# Prints the session's id. Ends with an error unless everything was acknowledged.
set -eu
endpoint=${1:-http://127.0.0.1:4318}

uuid() {
	if [ -r /proc/sys/kernel/random/uuid ]; then
		cat /proc/sys/kernel/random/uuid
	else
		od -An -N16 -tx1 /dev/urandom | tr -d ' \n' | sed 's/^\(.\{8\}\)\(.\{4\}\).\(.\{3\}\).\(.\{3\}\)\(.\{12\}\)$/\1-\2-4\3-a\4-\5/'
	fi
}

# Seconds with nine zeroes behind: not every date knows nanoseconds. event.timestamp says the same in words.
seconds=$(date -u +%s)
now=${seconds}000000000
iso=$(date -u +%Y-%m-%dT%H:%M:%S.000Z)
session=$(uuid)
prompt=$(uuid)

text() { printf '{"key":"%s","value":{"stringValue":"%s"}}' "$1" "$2"; }
# 64-bit integers are texts in OTLP/JSON.
integer() { printf '{"key":"%s","value":{"intValue":"%s"}}' "$1" "$2"; }
number() { printf '{"key":"%s","value":{"doubleValue":%s}}' "$1" "$2"; }

resource="{\"attributes\":[$(text service.name nightly-job),$(text service.version 1.0.0),$(text os.type "$(uname -s | tr '[:upper:]' '[:lower:]')")]}"
# On every record: whose session it is. Without an account, enduser.id says who.
common="$(text session.id "$session"),$(text enduser.id "nightly@example.com")"

# event NAME ATTRIBUTES: one log record. The body has the prefix, event.name doesn't.
sequence=0
event() {
	printf '{"timeUnixNano":"%s","observedTimeUnixNano":"%s","body":{"stringValue":"claude_code.%s"},"attributes":[%s]}' \
		"$now" "$now" "$1" \
		"$common,$(text event.name "$1"),$(text event.timestamp "$iso"),$(integer event.sequence "$sequence"),$(text prompt.id "$prompt"),$2"
}

# send SIGNAL: what stands on standard input. A 200 means that it is on the server's disk.
send() {
	if [ -n "${PURSER_KEY:-}" ]; then
		# On standard input and not as an argument, which anybody on the machine can read.
		body=$(cat)
		printf 'header = "Authorization: Bearer %s"\n' "$PURSER_KEY" |
			curl -sSf -o /dev/null -K - -H 'Content-Type: application/json' --data-raw "$body" "$endpoint/v1/$1"
	else
		curl -sSf -o /dev/null -H 'Content-Type: application/json' --data-binary @- "$endpoint/v1/$1"
	fi
}

# A counter: a monotonic sum of delta temporality (1), a double, as all of Claude Code's.
send metrics <<JSON
{"resourceMetrics":[{"resource":$resource,"scopeMetrics":[{
  "scope":{"name":"com.anthropic.claude_code","version":"1.0.0"},
  "metrics":[{"name":"claude_code.session.count","unit":"","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[
    {"startTimeUnixNano":"$now","timeUnixNano":"$now","asDouble":1,"attributes":[$common,$(text start_type fresh)]}]}}]}]}]}
JSON

request="$(text model claude-haiku-4-5),$(integer input_tokens 1200),$(integer output_tokens 340),$(integer cache_read_tokens 0),$(integer cache_creation_tokens 0),$(number cost_usd 0.0029),$(integer cost_usd_micros 2900),$(integer duration_ms 1830),$(text request_id req_nightly),$(text query_source sdk)"
# Numbers and flags of tool results are texts: so Claude Code sends them.
tool="$(text tool_name Bash),$(text tool_use_id toolu_nightly),$(text success true),$(text duration_ms 412),$(text tool_result_size_bytes 97)"
first=$(event api_request "$request")
sequence=1
second=$(event tool_result "$tool")

send logs <<JSON
{"resourceLogs":[{"resource":$resource,"scopeLogs":[{
  "scope":{"name":"com.anthropic.claude_code.events","version":"1.0.0"},
  "logRecords":[$first,$second]}]}]}
JSON

echo "$session"
