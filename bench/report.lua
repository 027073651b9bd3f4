-- Counts the answers that are not the expected one (BENCH_STATUS, 200 unless said), then prints
-- wrk's percentiles as one line of JSON (microseconds).
local threads = {}
setup = function(thread)
  table.insert(threads, thread)
end
init = function(args)
  expected = tonumber(os.getenv("BENCH_STATUS") or "200")
  wrong = 0
end
response = function(status, headers, body)
  if status ~= expected then
    wrong = wrong + 1
  end
end
done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout
  for _, thread in ipairs(threads) do
    failed = failed + thread:get("wrong")
  end
  io.write(string.format(
    'JSON {"p50": %d, "p95": %d, "p99": %d, "requests": %d, "duration": %d, "errors": %d}\n',
    latency:percentile(50), latency:percentile(95), latency:percentile(99),
    summary.requests, summary.duration, failed))
end
