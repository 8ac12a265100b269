-- serve_wrk.lua: for wrk: paths of the file VN_PATHS in turn; figures as JSON.
local requests = {}
local next_one = 0

function init()
    for path in io.lines(os.getenv("VN_PATHS")) do
        requests[#requests + 1] = wrk.format("GET", path)
    end
end

function request()
    next_one = next_one % #requests + 1
    return requests[next_one]
end

function done(summary, latency)
    local errors = summary.errors

    io.write(string.format(
        '{"requests":%d,"us":%d,"p50_us":%d,"p99_us":%d,"failed":%d}\n',
        summary.requests, summary.duration, latency:percentile(50),
        latency:percentile(99), errors.connect + errors.read + errors.write +
        errors.status + errors.timeout))
end
