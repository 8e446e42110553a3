-- wrk: one signed body, a new webhook id each time, so that every request is a new row. ./run bench ingest
local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
local body = file:read("*a")
file:close()
local run, sent = os.getenv("BENCH_RUN"), 0
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init()
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["X-Shopify-Topic"] = "orders/paid"
  wrk.headers["X-Shopify-Shop-Domain"] = "north.myshopify.com"
  wrk.headers["X-Shopify-API-Version"] = os.getenv("BENCH_API_VERSION")
  wrk.headers["X-Shopify-Triggered-At"] = os.getenv("BENCH_NOW")
  wrk.headers["X-Shopify-Hmac-Sha256"] = os.getenv("BENCH_HMAC")
end

function request()
  sent = sent + 1
  local id = string.format("%s-%04x-4000-8000-%012x", run, number, sent)
  wrk.headers["X-Shopify-Webhook-Id"] = id
  wrk.headers["X-Shopify-Event-Id"] = id
  return wrk.format("POST", "/webhooks", nil, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\nRESULT {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d}\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99), errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
