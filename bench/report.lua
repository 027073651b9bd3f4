-- Prints wrk's percentiles as one line of JSON (microseconds).
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'JSON {"p50": %d, "p95": %d, "p99": %d, "requests": %d, "duration": %d, "errors": %d}\n',
    latency:percentile(50), latency:percentile(95), latency:percentile(99),
    summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
